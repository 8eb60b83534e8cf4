-- Questions to a survey's tables, for DuckDB: cd into the survey's folder, then `duckdb < queries.sql`.
-- What every column means stands in datapackage.json; what every probe, fact and clause means, in codebook.csv.

-- How the cities stand in each clause: the share that surely meets it, the share that may, and of how many.
SELECT scheme, criterion, clause,
       count(*) AS n,
       round(100.0 * count(*) FILTER (standing = 'met') / count(*), 1) AS met_sure,
       round(100.0 * count(*) FILTER (standing IN ('met', 'needs-review')) / count(*), 1) AS met_possible
FROM 'clauses.parquet'
WHERE standing <> 'nothing-offered'
GROUP BY ALL
ORDER BY ALL;

-- Catalogues by platform: how many, and how many datasets they list.
SELECT known.value AS platform,
       count(*) AS catalogues,
       quantile_cont(listed.number, [0.1, 0.5, 0.9]) AS datasets_10th_half_90th,
       sum(listed.number)::BIGINT AS datasets
FROM 'facts.parquet' AS listed
JOIN 'facts.parquet' AS known USING (city_id, finding)
WHERE listed.probe = 'catalogue' AND listed.fact = 'read' AND known.fact = 'platform'
GROUP BY known.value
ORDER BY catalogues DESC;

-- Every share that was measured: how many cities it was measured in, its median, and how wide its interval is at most.
SELECT probe, fact,
       count(DISTINCT city_id) AS cities,
       round(median(number), 3) AS median,
       round(max(high - low), 3) AS widest_interval
FROM 'facts.parquet'
WHERE type = 'share'
GROUP BY ALL
ORDER BY ALL;

-- What could not be seen, and why: never a no.
SELECT probe, value AS cause, count(DISTINCT city_id) AS cities
FROM 'facts.parquet'
WHERE answer = 'unknown' AND fact = 'cause'
GROUP BY ALL
ORDER BY cities DESC, probe
LIMIT 20;

-- Which versions made the rows: more than one line means that they should not be compared as they are.
SELECT tool_version, probes_version, scheme, scheme_sha256, count(*) AS rows
FROM 'clauses.parquet'
GROUP BY ALL;
