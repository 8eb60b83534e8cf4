-- Surveys that many workers carry out. Times are in milliseconds since 1970, by the database's clock.
CREATE TABLE workers (
    id TEXT PRIMARY KEY,
    -- Once this has passed, what the worker holds is free for others.
    alive_until BIGINT NOT NULL
);
CREATE TABLE survey_plans (
    id TEXT PRIMARY KEY,
    -- The program and probes that carry it out: by others it would be another survey.
    build TEXT NOT NULL,
    -- As `survey.json` has it, without the cities.
    plan TEXT NOT NULL,
    -- The files of each of the criteria, by their names.
    criteria TEXT NOT NULL,
    -- Where packs go.
    packs TEXT NOT NULL,
    -- 1 while no more cities are begun.
    stopped BIGINT NOT NULL
);
CREATE TABLE survey_cities (
    survey TEXT NOT NULL REFERENCES survey_plans (id),
    city TEXT NOT NULL,
    -- Cities come in this order.
    place BIGINT NOT NULL,
    submission TEXT NOT NULL,
    -- waiting, leased, audited or parked.
    state TEXT NOT NULL,
    -- Who holds it, or held it last.
    worker TEXT,
    -- How often it was leased: what an earlier holder says does not count any more.
    attempts BIGINT NOT NULL,
    -- It is not tried again before.
    not_before BIGINT NOT NULL,
    -- Why the last attempt failed.
    trouble TEXT,
    -- SHA-256 of its pack.
    sha256 TEXT,
    PRIMARY KEY (survey, city)
);
CREATE INDEX survey_cities_next ON survey_cities (state, place, city);
