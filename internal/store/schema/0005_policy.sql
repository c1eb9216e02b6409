-- Versions of the policy: each once drafted, agreed to by another person, in force from a
-- time on. The body is sealed so that nobody with the database alone can lower a rule.
CREATE TABLE policy_version (
  number   BIGINT PRIMARY KEY,
  body     BYTEA NOT NULL, -- store.PolicyVersion
  revision BIGINT NOT NULL
);

-- What the policy was told of each item when its request was filed: about the value, never
-- the value. A draft of a policy is tried on these.
CREATE TABLE judged (
  change_id TEXT NOT NULL,
  item      TEXT NOT NULL, -- customer.Key
  facts     TEXT NOT NULL, -- policy.Facts
  PRIMARY KEY (change_id, item)
) /* WITHOUT ROWID */;
