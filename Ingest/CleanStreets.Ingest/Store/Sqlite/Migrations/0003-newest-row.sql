-- Time of the newest row: ages are counted from it.
ALTER TABLE progress ADD COLUMN newest_ms INTEGER NOT NULL DEFAULT 0;
UPDATE progress SET newest_ms = (
    SELECT MAX(COALESCE((SELECT MAX(as_of_ms) FROM score_point), 0), COALESCE((SELECT MAX(left_at_ms) FROM pass), 0)));
