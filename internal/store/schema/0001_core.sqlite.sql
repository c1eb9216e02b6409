-- What the log says is final: an entry, and its place in the tree.
CREATE TRIGGER entry_moved BEFORE UPDATE ON entry
BEGIN
  SELECT RAISE(ABORT, 'a log entry is final');
END;
CREATE TRIGGER entry_deleted BEFORE DELETE ON entry
BEGIN
  SELECT RAISE(ABORT, 'a log entry is final');
END;
CREATE TRIGGER place_moved BEFORE UPDATE ON entry_place
BEGIN
  SELECT RAISE(ABORT, 'a log entry is final');
END;
CREATE TRIGGER place_deleted BEFORE DELETE ON entry_place
BEGIN
  SELECT RAISE(ABORT, 'a log entry is final');
END;
