-- What both SQLite and PostgreSQL understand. Times and dates are RFC 3339 texts, standings as reports write them.
CREATE TABLE editions (
    sha256 TEXT NOT NULL PRIMARY KEY,
    scheme TEXT NOT NULL,
    title TEXT NOT NULL
);
CREATE TABLE criteria (
    edition TEXT NOT NULL REFERENCES editions (sha256),
    place BIGINT NOT NULL,
    code TEXT NOT NULL,
    category TEXT NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (edition, code)
);
CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY,
    city_id TEXT NOT NULL,
    city TEXT NOT NULL,
    as_of TEXT NOT NULL,
    tool TEXT NOT NULL,
    started TEXT,
    finished TEXT
);
CREATE INDEX runs_of_a_city ON runs (city_id, as_of);
CREATE TABLE results (
    run TEXT NOT NULL REFERENCES runs (id),
    place BIGINT NOT NULL,
    edition TEXT NOT NULL REFERENCES editions (sha256),
    criteria BIGINT NOT NULL,
    met BIGINT NOT NULL,
    not_met BIGINT NOT NULL,
    needs_review BIGINT NOT NULL,
    nothing_offered BIGINT NOT NULL,
    points_sure DOUBLE PRECISION NOT NULL,
    points_possible DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (run, place)
);
CREATE TABLE verdicts (
    run TEXT NOT NULL REFERENCES runs (id),
    edition TEXT NOT NULL REFERENCES editions (sha256),
    code TEXT NOT NULL,
    standing TEXT NOT NULL,
    -- A JSON array of the clauses: id, standing, lead.
    clauses TEXT NOT NULL,
    PRIMARY KEY (run, edition, code)
);
CREATE TABLE packs (
    path TEXT NOT NULL PRIMARY KEY,
    bytes BIGINT NOT NULL,
    -- Nanoseconds since 1970.
    modified BIGINT NOT NULL,
    run TEXT NOT NULL REFERENCES runs (id)
);
CREATE INDEX packs_of_a_run ON packs (run);
