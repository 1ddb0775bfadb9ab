-- What people established that bears on passes, whenever it was told: trucks sent because of a work order, and verified cleanings.
CREATE TABLE fact (
    segment_id TEXT NOT NULL,
    fact_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    side INTEGER NOT NULL,
    truck_id TEXT,
    order_id TEXT,
    PRIMARY KEY (segment_id, fact_id)
) WITHOUT ROWID;
