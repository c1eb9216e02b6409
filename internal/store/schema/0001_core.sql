-- The golden records. body is the sealed document (customer.Document); nothing personal is plain.
CREATE TABLE golden_record (
  id      TEXT PRIMARY KEY,
  kind    TEXT NOT NULL,
  version BIGINT NOT NULL,
  body    BYTEA NOT NULL,
  mac     BYTEA NOT NULL, -- over (id, version, body), under a key that is not in the database
  entry   TEXT NOT NULL   -- the log entry that made this version
);

-- The wrapped data key of each record. Erasing a customer destroys this row alone.
CREATE TABLE record_key (
  record_id TEXT PRIMARY KEY,
  wrapped   BYTEA NOT NULL
) /* WITHOUT ROWID */;

-- Search tokens: keyed hashes of identifiers, name parts and tails.
CREATE TABLE token (
  hash      BIGINT NOT NULL,
  record_id TEXT NOT NULL,
  PRIMARY KEY (hash, record_id)
) /* WITHOUT ROWID */;

-- Search tokens of a load that is under way, in sorted runs of one draft each: they are
-- merged into their places many at a time.
CREATE TABLE token_run (
  run  TEXT PRIMARY KEY,
  load TEXT NOT NULL
) /* WITHOUT ROWID */;
CREATE TABLE token_new (
  run       TEXT NOT NULL,
  hash      BIGINT NOT NULL,
  record_id TEXT NOT NULL,
  PRIMARY KEY (run, hash, record_id)
) /* WITHOUT ROWID */;

-- Relations between records, read from both ends.
CREATE TABLE relation (
  record_id TEXT NOT NULL,
  key       TEXT NOT NULL,
  to_id     TEXT NOT NULL,
  PRIMARY KEY (record_id, key)
) /* WITHOUT ROWID */;
CREATE INDEX relation_to ON relation (to_id);

-- Change requests. What time must do to a request is its due_at: the state is the queue.
-- What a request says stands once, sealed: in the entry of the act that left it so.
CREATE TABLE change_request (
  id         TEXT PRIMARY KEY,
  submission TEXT NOT NULL,
  lane       BIGINT NOT NULL,
  kind       TEXT NOT NULL,
  record_id  TEXT NOT NULL,
  state      TEXT NOT NULL,
  revision   BIGINT NOT NULL,
  open       BIGINT NOT NULL, -- 1 while it can still change the record
  level      TEXT,            -- the role whose decision it waits for
  filed_by   TEXT NOT NULL,
  filed_at   BIGINT NOT NULL,
  applied_version BIGINT,
  entry      TEXT NOT NULL, -- the log entry whose body is this request
  due_at     BIGINT,
  attempts   BIGINT NOT NULL DEFAULT 0,
  last_error TEXT,
  UNIQUE (submission, lane)
) /* WITHOUT ROWID */;
CREATE INDEX change_record ON change_request (record_id, id);
CREATE INDEX change_open ON change_request (record_id) WHERE open = 1;
CREATE INDEX change_due ON change_request (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX change_state ON change_request (state, id) WHERE open = 1;
CREATE INDEX change_frozen ON change_request (record_id) WHERE state = 'disputed';

-- Codes and links that were sent and may be answered.
CREATE TABLE challenge (
  id         TEXT PRIMARY KEY,
  change_id  TEXT NOT NULL,
  record_id  TEXT NOT NULL,
  gate       TEXT NOT NULL,
  method     TEXT NOT NULL,
  contact    TEXT NOT NULL,
  new        BIGINT NOT NULL,
  weak       BIGINT NOT NULL,
  mac        BYTEA NOT NULL,
  state      TEXT NOT NULL,
  sent_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
) /* WITHOUT ROWID */;
CREATE INDEX challenge_change ON challenge (change_id);

-- Counters of wrong codes and of codes sent. name is a keyed hash where it speaks of a contact point.
CREATE TABLE guard (
  name TEXT PRIMARY KEY,
  body TEXT NOT NULL,
  at   BIGINT NOT NULL
) /* WITHOUT ROWID */;

-- Link tokens of customers, as hashes behind the time they were made.
CREATE TABLE link (
  hash       BYTEA PRIMARY KEY,
  purpose    TEXT NOT NULL,
  record_id  TEXT NOT NULL,
  submission TEXT NOT NULL,
  change_id  TEXT NOT NULL,
  contact    TEXT NOT NULL,
  new        BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT
) /* WITHOUT ROWID */;

-- Named people and clients, and their credentials as hashes.
CREATE TABLE actor (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  sort       TEXT NOT NULL,
  roles      TEXT NOT NULL,
  department TEXT NOT NULL,
  mail       TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  disabled_at BIGINT
);
CREATE TABLE credential (
  hash       BYTEA PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  actor_id   TEXT NOT NULL REFERENCES actor (id),
  kind       TEXT NOT NULL, -- token, sign_in
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  used_at    BIGINT,
  revoked_at BIGINT
);
CREATE TABLE absence (
  id         TEXT PRIMARY KEY,
  actor_id   TEXT NOT NULL,
  from_at    BIGINT NOT NULL,
  until_at   BIGINT, -- NULL: until further notice
  delegate   TEXT NOT NULL
);

-- Versioned documents: the policy, the catalogue's extension, the calendar.
CREATE TABLE document (
  kind    TEXT NOT NULL,
  version BIGINT NOT NULL,
  body    TEXT NOT NULL,
  by_id   TEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (kind, version)
);

-- The log. An entry is written once and nothing of it ever moves.
CREATE TABLE entry (
  id        TEXT PRIMARY KEY,
  at        BIGINT NOT NULL,
  verb      TEXT NOT NULL,
  actor_id  TEXT NOT NULL,
  record_id TEXT NOT NULL,
  change_id TEXT NOT NULL,
  leaf      BYTEA NOT NULL,
  prev_id   TEXT,  -- the entry that altered the record before
  effects   BYTEA, -- what it did to its record, in the record's own ciphertexts
  body      BYTEA  -- sealed: the request as the act left it, or the act's own words
);
CREATE INDEX entry_change ON entry (change_id, id) WHERE change_id <> '';
CREATE INDEX entry_record ON entry (record_id, id) WHERE change_id = '';

-- Entries that have no place in the tree yet, and the places of those that have.
CREATE TABLE entry_new (
  entry_id TEXT PRIMARY KEY
) /* WITHOUT ROWID */;
CREATE TABLE entry_place (
  pos      BIGINT PRIMARY KEY,
  entry_id TEXT NOT NULL UNIQUE
) /* WITHOUT ROWID */;
CREATE TABLE log_row (
  n      BIGINT PRIMARY KEY, -- rows of 32 hashes
  hashes BYTEA NOT NULL
);
CREATE TABLE checkpoint (
  size BIGINT PRIMARY KEY,
  note TEXT NOT NULL,
  at   BIGINT NOT NULL
);

-- Connected systems and what each has been told and has acknowledged.
CREATE TABLE system (
  id            TEXT PRIMARY KEY,
  body          TEXT NOT NULL, -- downstream.System
  secret        BYTEA,         -- sealed
  revision      BIGINT NOT NULL,
  down_until    BIGINT,        -- unreachable as a whole: probed again then
  failing_since BIGINT,
  attempts      BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE delivery (
  system_id      TEXT NOT NULL,
  record_id      TEXT NOT NULL,
  wanted_version BIGINT NOT NULL,
  acked_version  BIGINT NOT NULL,
  wanted_seq     BIGINT NOT NULL,
  acked_seq      BIGINT NOT NULL,
  confirmed_seq  BIGINT NOT NULL,
  state          TEXT NOT NULL,
  why            TEXT NOT NULL,
  due_at         BIGINT,
  attempts       BIGINT NOT NULL,
  refusals       BIGINT NOT NULL,
  failing_since  BIGINT,
  last_code      TEXT NOT NULL,
  holds          TEXT NOT NULL, -- carried, not_carried: what became of the holds it was last told
  acked_at       BIGINT,
  PRIMARY KEY (record_id, system_id) -- what follows one record stands together
) /* WITHOUT ROWID */;
CREATE INDEX delivery_due ON delivery (system_id, due_at, record_id) WHERE due_at IS NOT NULL;
CREATE INDEX delivery_stopped ON delivery (system_id, record_id) WHERE state = 'stopped';
CREATE TABLE exception (
  id          TEXT PRIMARY KEY,
  system_id   TEXT NOT NULL,
  record_id   TEXT NOT NULL,
  change_id   TEXT NOT NULL,
  why         TEXT NOT NULL,
  code        TEXT NOT NULL,
  owner       TEXT NOT NULL,
  opened_at   BIGINT NOT NULL,
  remedy      TEXT NOT NULL,
  note        TEXT NOT NULL,
  resolved_by TEXT NOT NULL,
  resolved_at BIGINT
);
CREATE UNIQUE INDEX exception_open ON exception (system_id, record_id) WHERE resolved_at IS NULL;
CREATE TABLE hold (
  id          TEXT PRIMARY KEY,
  record_id   TEXT NOT NULL,
  change_id   TEXT NOT NULL,
  action      TEXT NOT NULL,
  reason      TEXT NOT NULL,
  from_at     BIGINT NOT NULL,
  until_at    BIGINT,
  released_at BIGINT,
  due_at      BIGINT
);
CREATE INDEX hold_record ON hold (record_id); -- ended ones too: a system must hear of an end
CREATE INDEX hold_due ON hold (due_at) WHERE due_at IS NOT NULL;

-- What people must be told. The body (destination, words, codes) is sealed; a code's body goes once it is sent.
CREATE TABLE notice (
  id           TEXT PRIMARY KEY,
  record_id    TEXT NOT NULL,
  change_id    TEXT NOT NULL,
  submission   TEXT NOT NULL,
  kind         TEXT NOT NULL,
  channel      TEXT NOT NULL, -- sms, mail, call, letter, staff
  audience     TEXT NOT NULL, -- a key of the record, or a department
  body         BYTEA,
  state        TEXT NOT NULL, -- queued, sent, delivered, failed, unknown, task, joined
  due_at       BIGINT,
  attempts     BIGINT NOT NULL DEFAULT 0,
  last_error   TEXT,
  provider_ref TEXT,
  part_of      TEXT, -- the message that carried it
  queued_at    BIGINT NOT NULL,
  sent_at      BIGINT
);
CREATE INDEX notice_due ON notice (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notice_change ON notice (change_id);
CREATE INDEX notice_ref ON notice (provider_ref) WHERE provider_ref IS NOT NULL;

-- What a person must do: call back, post, call, decide.
CREATE TABLE task (
  id        TEXT PRIMARY KEY,
  kind      TEXT NOT NULL,
  record_id TEXT NOT NULL,
  change_id TEXT NOT NULL,
  contact   TEXT NOT NULL,
  role      TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  due_at    BIGINT NOT NULL,
  done_at   BIGINT,
  done_by   TEXT,
  outcome   TEXT
) /* WITHOUT ROWID */;
CREATE INDEX task_open ON task (role, due_at) WHERE done_at IS NULL;
CREATE INDEX task_change ON task (change_id);

-- Answers kept for repeated requests. The answer is sealed.
CREATE TABLE idempotency (
  key     TEXT PRIMARY KEY, -- actor and key, hashed
  request BYTEA NOT NULL,   -- hash of method, path and body
  status  BIGINT NOT NULL,
  answer  BYTEA,
  at      BIGINT NOT NULL
) /* WITHOUT ROWID */;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE import_run (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  digest     TEXT NOT NULL,
  mode       TEXT NOT NULL,
  state      TEXT NOT NULL, -- waiting, running, done
  started_by TEXT NOT NULL,
  approved_by TEXT,
  held_since BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  line       BIGINT NOT NULL, -- the last line whose person is in
  records    BIGINT NOT NULL,
  faults     BIGINT NOT NULL,
  revision   BIGINT NOT NULL
);
CREATE UNIQUE INDEX import_digest ON import_run (digest, mode);

-- Who works on which shard. The epoch fences a holder that was paused.
CREATE TABLE lease (
  shard    TEXT PRIMARY KEY,
  holder   TEXT NOT NULL,
  until_at BIGINT NOT NULL,
  epoch    BIGINT NOT NULL
);
