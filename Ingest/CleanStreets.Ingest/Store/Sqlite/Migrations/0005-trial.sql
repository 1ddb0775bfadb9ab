-- 1: a detector on trial saw it beside the one in use. Such a pass is no evidence, and in no list of passes that does not ask for it.
ALTER TABLE pass ADD COLUMN trial INTEGER;
