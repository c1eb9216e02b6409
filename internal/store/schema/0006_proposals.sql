-- Imports whose rows are filed as proposals: whose word they are and why they were brought, and
-- what came of them.
CREATE TABLE import_proposal (
  run_id  TEXT PRIMARY KEY,
  source  TEXT NOT NULL, -- vendor:NAME, event:NAME, survey:NAME
  reason  TEXT NOT NULL,
  changed BIGINT NOT NULL, -- rows that became requests about a known customer
  created BIGINT NOT NULL, -- rows that became requests for a new record
  same    BIGINT NOT NULL  -- rows that say what is on record already
);
