-- What the pages need to know: who is signed in, what was typed and not sent yet, and how a
-- person likes to work. Nothing personal is plain.

-- Sessions of people in the console and of customers in the portal, as hashes behind the
-- time they were opened.
CREATE TABLE session (
  hash       BYTEA PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  sort       TEXT NOT NULL,   -- staff, customer
  holder     TEXT NOT NULL,   -- the person; a customer's record
  contact    TEXT NOT NULL,   -- customer: the contact point whose code opened it
  weak       BIGINT NOT NULL, -- customer: that contact point was never proven
  device     TEXT NOT NULL,   -- the kind of browser
  opened_at  BIGINT NOT NULL,
  stepped_at BIGINT NOT NULL, -- when the second factor was last given
  ends_at    BIGINT NOT NULL,
  closed_at  BIGINT
) /* WITHOUT ROWID */;
CREATE INDEX session_holder ON session (holder) WHERE closed_at IS NULL;

-- What a person signs in with: an argon2id string, and a sealed TOTP secret with the last
-- step that was used.
CREATE TABLE secret (
  actor_id TEXT PRIMARY KEY,
  password TEXT NOT NULL,
  totp     BYTEA NOT NULL,
  step     BIGINT NOT NULL,
  set_at   BIGINT NOT NULL
);

-- Somebody who asked the portal to find them. The body (what was typed, whom it may mean,
-- the codes' MACs) is sealed; it is there for hit and miss alike.
CREATE TABLE seeking (
  hash     BYTEA PRIMARY KEY,
  body     BYTEA NOT NULL,
  revision BIGINT NOT NULL,
  ends_at  BIGINT NOT NULL
) /* WITHOUT ROWID */;
CREATE INDEX seeking_ends ON seeking (ends_at);

-- What a customer typed and has not sent yet, sealed under their record's key.
CREATE TABLE draft (
  record_id TEXT PRIMARY KEY,
  body      BYTEA NOT NULL,
  at        BIGINT NOT NULL
);
CREATE INDEX draft_at ON draft (at);

-- How a person likes to work: language, theme, shortcuts, saved views. Never a customer's value.
CREATE TABLE preference (
  actor_id TEXT NOT NULL,
  name     TEXT NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (actor_id, name)
) /* WITHOUT ROWID */;

-- Requests that a person put off until a time, as long as nothing happens to them.
CREATE TABLE snooze (
  actor_id  TEXT NOT NULL,
  change_id TEXT NOT NULL,
  revision  BIGINT NOT NULL,
  until_at  BIGINT NOT NULL,
  PRIMARY KEY (actor_id, change_id)
) /* WITHOUT ROWID */;

-- Who decided what, for the inbox of whoever decided.
CREATE TABLE verdict (
  actor_id  TEXT NOT NULL,
  change_id TEXT NOT NULL,
  verdict   TEXT NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (actor_id, change_id, at)
) /* WITHOUT ROWID */;
