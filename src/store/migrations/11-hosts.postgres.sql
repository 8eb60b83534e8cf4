-- Whose turn it is at each host, whoever asks it: one row is a host's budget.
CREATE TABLE hosts (
    host TEXT PRIMARY KEY,
    -- The worker that asks it now.
    holder TEXT,
    -- It is not asked before.
    free_at BIGINT NOT NULL,
    -- What its robots.txt asks for between two requests, in milliseconds, and until when that is believed.
    delay BIGINT NOT NULL,
    delay_until BIGINT NOT NULL
);
-- Databases have no clock in common.
CREATE VIEW clock AS SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS now;
