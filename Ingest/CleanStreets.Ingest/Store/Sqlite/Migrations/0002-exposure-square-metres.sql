-- What a pass really saw on all sides, for indices of areas; NULL for passes stored before.
ALTER TABLE pass ADD COLUMN exposure_square_metres REAL;
CREATE INDEX pass_by_time ON pass (entered_at_ms);
