-- Whom a provider elsewhere knows, and the account that is theirs.
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    -- What the provider knows them by: it gives it to nobody else, while names and addresses change hands.
    subject TEXT NOT NULL,
    account TEXT NOT NULL UNIQUE REFERENCES accounts (id),
    made TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
