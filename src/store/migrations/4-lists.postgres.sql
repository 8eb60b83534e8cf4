CREATE TABLE cities (
    id TEXT NOT NULL PRIMARY KEY,
    city TEXT NOT NULL,
    runs BIGINT NOT NULL,
    latest TEXT NOT NULL REFERENCES runs (id)
);
CREATE INDEX cities_by_name ON cities (city, id);
INSERT INTO cities (id, city, runs, latest)
    SELECT city_id, city, n, id FROM (SELECT id, city_id, city, count(*) OVER (PARTITION BY city_id) AS n,
        row_number() OVER (PARTITION BY city_id ORDER BY as_of DESC, COALESCE(finished, '') DESC, id) AS place FROM runs) AS ranked
    WHERE place = 1;
-- How the criteria of a run stand, at one glance: a JSON object from code to standing.
ALTER TABLE results ADD COLUMN standings TEXT NOT NULL DEFAULT '{}';
UPDATE results SET standings = COALESCE((SELECT json_object_agg(code, standing)::text FROM verdicts
    WHERE verdicts.run = results.run AND verdicts.edition = results.edition), '{}');
