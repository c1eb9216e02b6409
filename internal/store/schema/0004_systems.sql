-- Who paused a system, since when and why, and who resumed it. The note is never a customer's value.
CREATE TABLE system_pause (
  id         TEXT PRIMARY KEY,
  system_id  TEXT NOT NULL,
  by_id      TEXT NOT NULL,
  since      BIGINT NOT NULL,
  reason     TEXT NOT NULL,
  resumed_by TEXT NOT NULL,
  resumed_at BIGINT
);
CREATE UNIQUE INDEX system_paused ON system_pause (system_id) WHERE resumed_at IS NULL;

-- What became of the newest test of each system; no outcome while it is under way.
CREATE TABLE system_test (
  system_id TEXT PRIMARY KEY,
  by_id     TEXT NOT NULL,
  at        BIGINT NOT NULL,
  outcome   TEXT NOT NULL,
  code      TEXT NOT NULL,
  took      BIGINT NOT NULL -- microseconds
);

-- How long deliveries waited and how many calls failed, hour by hour: a few rows for each
-- system and hour, kept for days.
CREATE TABLE system_hour (
  system_id TEXT NOT NULL,
  hour      BIGINT NOT NULL, -- since 1970, UTC
  step      BIGINT NOT NULL, -- downstream.Step
  n         BIGINT NOT NULL,
  PRIMARY KEY (system_id, hour, step)
) /* WITHOUT ROWID */;
