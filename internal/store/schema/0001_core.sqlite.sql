-- An entry is written once. Its place in the tree is set once; nothing else of it ever moves.
CREATE TRIGGER entry_moved BEFORE UPDATE ON entry
WHEN OLD.pos IS NOT NULL OR NEW.pos IS NULL
  OR (NEW.id, NEW.at, NEW.verb, NEW.actor_id, NEW.record_id, NEW.change_id, NEW.leaf)
    IS NOT (OLD.id, OLD.at, OLD.verb, OLD.actor_id, OLD.record_id, OLD.change_id, OLD.leaf)
  OR NEW.prev_id IS NOT OLD.prev_id OR NEW.effects IS NOT OLD.effects OR NEW.body IS NOT OLD.body
BEGIN
  SELECT RAISE(ABORT, 'a log entry is final');
END;
CREATE TRIGGER entry_deleted BEFORE DELETE ON entry
BEGIN
  SELECT RAISE(ABORT, 'a log entry is final');
END;
