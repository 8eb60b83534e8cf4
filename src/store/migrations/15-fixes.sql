-- What the latest run of each city names to be done, so that the most common fixes are found without a pack.
CREATE TABLE fixes (
    city_id TEXT NOT NULL,
    run TEXT NOT NULL REFERENCES runs (id),
    scheme TEXT NOT NULL,
    -- A hash of scheme and words, to speak of it by.
    fix TEXT NOT NULL,
    what TEXT NOT NULL,
    -- The criterion of the first clause that it would move.
    code TEXT NOT NULL,
    -- How many criteria and clauses it would move, and the points that those do not surely earn, where clauses earn any.
    criteria BIGINT NOT NULL,
    clauses BIGINT NOT NULL,
    points DOUBLE PRECISION,
    PRIMARY KEY (city_id, fix)
);
CREATE INDEX fixes_by_words ON fixes (scheme, fix);
-- The run whose fixes are kept: those of runs that earlier versions took in are in their packs alone.
ALTER TABLE cities ADD COLUMN fixes_of TEXT;
