CREATE TABLE accounts (
    -- The name in small letters: no two differ by their case alone.
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    -- Argon2id, as a PHC string.
    password TEXT NOT NULL,
    made TEXT NOT NULL,
    -- Since when it lets nobody in; decisions keep its name, so it is never removed.
    closed TEXT
);
-- Of what lets somebody in only the hash is kept.
CREATE TABLE sessions (
    sha256 TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    begun TEXT NOT NULL,
    until TEXT NOT NULL
);
CREATE INDEX sessions_of_an_account ON sessions (account);
CREATE TABLE api_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (id),
    title TEXT NOT NULL,
    role TEXT NOT NULL,
    made TEXT NOT NULL,
    revoked TEXT
);
CREATE INDEX api_tokens_of_an_account ON api_tokens (account);
