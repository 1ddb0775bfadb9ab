-- How far this store has read the journal, and the streets its rows speak of.
CREATE TABLE progress (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    journal_position INTEGER NOT NULL,
    network_version TEXT NOT NULL
);

-- One row a pass. The key is its place in the journal, so a replay writes nothing twice.
CREATE TABLE pass (
    journal_position INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    segment_id TEXT NOT NULL,
    truck_id TEXT NOT NULL,
    entered_at_ms INTEGER NOT NULL,
    left_at_ms INTEGER NOT NULL,
    forward INTEGER NOT NULL,
    coverage REAL NOT NULL,
    exposure_metres REAL NOT NULL,
    counts TEXT NOT NULL,
    light INTEGER NOT NULL,
    camera_id TEXT,
    model_version TEXT,
    grade TEXT,
    cleanliness_index REAL,
    PRIMARY KEY (journal_position, ordinal)
) WITHOUT ROWID;

CREATE INDEX pass_by_segment ON pass (segment_id, left_at_ms);

-- One row a change of a seen segment's score.
CREATE TABLE score_point (
    segment_id TEXT NOT NULL,
    as_of_ms INTEGER NOT NULL,
    cleanliness_index REAL NOT NULL,
    low REAL NOT NULL,
    high REAL NOT NULL,
    grade TEXT NOT NULL,
    sample_size INTEGER NOT NULL,
    PRIMARY KEY (segment_id, as_of_ms)
) WITHOUT ROWID;
