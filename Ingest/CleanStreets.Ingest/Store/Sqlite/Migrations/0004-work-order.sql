-- The work order that brought the truck: such a pass verifies, and is no part of a period index.
ALTER TABLE pass ADD COLUMN order_id TEXT;
