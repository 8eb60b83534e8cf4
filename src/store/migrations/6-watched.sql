-- Cities that are audited from here: what each submits, and when it is audited by itself.
CREATE TABLE watched (
    city_id TEXT NOT NULL PRIMARY KEY,
    city TEXT NOT NULL,
    -- The submission as JSON.
    submission TEXT NOT NULL,
    -- Where files that were handed in lie.
    folder TEXT,
    cron TEXT,
    zone TEXT,
    -- Minutes.
    jitter BIGINT,
    -- Due times after this count.
    since TEXT NOT NULL,
    keep_runs BIGINT,
    keep_days BIGINT
);
CREATE INDEX watched_by_name ON watched (city, city_id);
-- Audits, each once for its due time, whoever finds that it is due.
CREATE TABLE audits (
    city_id TEXT NOT NULL REFERENCES watched (city_id),
    due TEXT NOT NULL,
    scheduled BIGINT NOT NULL,
    as_of TEXT NOT NULL,
    -- waiting, begun, done or failed.
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    ended TEXT,
    run TEXT,
    problem TEXT,
    PRIMARY KEY (city_id, due)
);
CREATE INDEX audits_by_state ON audits (state, city_id, due);
-- Who audits a city now, until when unless it says so again, in milliseconds since 1970.
CREATE TABLE leases (
    city_id TEXT NOT NULL PRIMARY KEY REFERENCES watched (city_id),
    holder TEXT NOT NULL,
    due TEXT NOT NULL,
    until BIGINT NOT NULL
);
