-- An entry is written once. Its place in the tree is set once; nothing else of it ever moves.
CREATE FUNCTION entry_is_final() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.pos IS NULL AND NEW.pos IS NOT NULL
     AND (NEW.id, NEW.at, NEW.verb, NEW.actor_id, NEW.record_id, NEW.change_id, NEW.leaf)
       = (OLD.id, OLD.at, OLD.verb, OLD.actor_id, OLD.record_id, OLD.change_id, OLD.leaf)
     AND NEW.prev_id IS NOT DISTINCT FROM OLD.prev_id AND NEW.effects IS NOT DISTINCT FROM OLD.effects AND NEW.body IS NOT DISTINCT FROM OLD.body THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a log entry is final';
END
$$ LANGUAGE plpgsql;
CREATE TRIGGER entry_final BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION entry_is_final();
