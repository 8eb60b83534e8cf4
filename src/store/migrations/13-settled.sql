-- How far each run of a city is to be believed. A clause that could not be looked at is held as it was last seen, until a
-- second look on another day; whatever is not held stands as the run has it.
CREATE TABLE settled (
    run TEXT NOT NULL PRIMARY KEY REFERENCES runs (id),
    city_id TEXT NOT NULL,
    -- A JSON array of what is held: scheme, clause, how it was last seen, in which run, and since when it is held.
    held TEXT NOT NULL,
    -- A JSON array of what changed since the run before, and why, once it was settled.
    changes TEXT NOT NULL
);
CREATE INDEX settled_of_a_city ON settled (city_id);
-- What is told to whom of a run that changed something: a row for each channel, in the transaction that settled the run,
-- so that nothing is told twice and nothing is forgotten.
CREATE TABLE outbox (
    run TEXT NOT NULL REFERENCES settled (run),
    -- Its name in the file that says who is told.
    channel TEXT NOT NULL,
    city_id TEXT NOT NULL,
    -- waiting, sent or given-up.
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    -- It is not tried again before, in milliseconds since 1970.
    not_before BIGINT NOT NULL,
    -- When it was queued, and when it was sent or given up.
    queued TEXT NOT NULL,
    ended TEXT,
    -- Why the last attempt failed.
    trouble TEXT,
    PRIMARY KEY (run, channel)
);
CREATE INDEX outbox_by_state ON outbox (state, not_before);
