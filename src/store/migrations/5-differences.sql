-- What changed between two runs, as a version of the program told it: working it out reads both packs again.
CREATE TABLE differences (
    old TEXT NOT NULL REFERENCES runs (id),
    new TEXT NOT NULL REFERENCES runs (id),
    tool TEXT NOT NULL,
    -- As `tickmark diff --format json` writes it.
    whole TEXT NOT NULL,
    PRIMARY KEY (old, new, tool)
);
