-- What the log says is final: an entry, and its place in the tree.
CREATE FUNCTION log_is_final() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'a log entry is final';
END
$$ LANGUAGE plpgsql;
CREATE TRIGGER entry_final BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION log_is_final();
CREATE TRIGGER place_final BEFORE UPDATE OR DELETE ON entry_place FOR EACH ROW EXECUTE FUNCTION log_is_final();

-- Rows that every apply writes anew: with room beside them the new version stays on its
-- page and no index is touched.
ALTER TABLE golden_record SET (fillfactor = 80);
ALTER TABLE delivery SET (fillfactor = 80);
