CREATE TABLE decisions (
    run TEXT NOT NULL REFERENCES runs (id),
    number BIGINT NOT NULL,
    scheme TEXT NOT NULL,
    clause TEXT NOT NULL,
    found TEXT NOT NULL,
    decided TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    at TEXT NOT NULL,
    -- The decision as JSON: what its hash is taken of.
    whole TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (run, number)
);
CREATE INDEX decisions_of_a_clause ON decisions (run, scheme, clause, number);
-- The probes whose findings had decided the clause.
CREATE TABLE weighed (
    run TEXT NOT NULL,
    number BIGINT NOT NULL,
    probe TEXT NOT NULL,
    PRIMARY KEY (run, number, probe),
    FOREIGN KEY (run, number) REFERENCES decisions (run, number)
);
CREATE TABLE signatures (
    run TEXT NOT NULL PRIMARY KEY REFERENCES runs (id),
    reviewer TEXT NOT NULL,
    at TEXT NOT NULL,
    sha256 TEXT NOT NULL
);
