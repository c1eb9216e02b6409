-- What this database knows about itself.
CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

-- The migrations that ran here, each with the SHA-256 of its text and the microsecond (UTC) it ran.
CREATE TABLE migration (
	name     TEXT PRIMARY KEY,
	checksum TEXT NOT NULL,
	ran_at   BIGINT NOT NULL
);
