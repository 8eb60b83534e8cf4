-- Questions to a survey's tables, in what DuckDB and DataFusion have in common: cd into the survey's folder, then
-- `duckdb < queries.sql` or `datafusion-cli --file queries.sql`.
-- What every column means stands in datapackage.json; what every probe, fact and clause means, in codebook.csv.

-- How the cities stand in each clause: the share that surely meets it, the share that may, and of how many.
SELECT scheme, criterion, clause,
       count(*) AS n,
       round(100.0 * count(*) FILTER (WHERE standing = 'met') / count(*), 1) AS met_sure,
       round(100.0 * count(*) FILTER (WHERE standing IN ('met', 'needs-review')) / count(*), 1) AS met_possible
FROM 'clauses.parquet'
WHERE standing <> 'nothing-offered'
GROUP BY scheme, criterion, clause
ORDER BY scheme, criterion, clause;

-- Catalogues by platform: how many, and how many datasets they list.
SELECT known.value AS platform,
       count(*) AS catalogues,
       min(listed.number) AS fewest, median(listed.number) AS half, max(listed.number) AS most,
       CAST(sum(listed.number) AS BIGINT) AS datasets
FROM 'facts.parquet' AS listed
JOIN 'facts.parquet' AS known ON known.city_id = listed.city_id AND known.finding = listed.finding
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
GROUP BY probe, fact
ORDER BY probe, fact;

-- What could not be seen, and why: never a no.
SELECT probe, value AS cause, count(DISTINCT city_id) AS cities
FROM 'facts.parquet'
WHERE answer = 'unknown' AND fact = 'cause'
GROUP BY probe, value
ORDER BY cities DESC, probe, cause
LIMIT 20;

-- Datasets by platform: how many a program can read and how many have a licence, each row weighed by what it stands for.
SELECT platform,
       round(sum(weight)) AS datasets,
       round(100 * sum(weight) FILTER (WHERE machine_readable = 'yes') / sum(weight), 1) AS readable,
       round(100 * sum(weight) FILTER (WHERE licence IS NOT NULL) / sum(weight), 1) AS licensed
FROM (SELECT platform, machine_readable, licence,
             CAST(listed AS DOUBLE) / count(*) OVER (PARTITION BY city_id, target, platform) AS weight
      FROM 'datasets.parquet') AS weighed
GROUP BY platform
ORDER BY datasets DESC;

-- Which versions made the rows: more than one line means that they should not be compared as they are.
SELECT tool_version, probes_version, scheme, scheme_sha256, count(*) AS rows
FROM 'clauses.parquet'
GROUP BY tool_version, probes_version, scheme, scheme_sha256;
