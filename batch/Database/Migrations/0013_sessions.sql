-- The name (application_name) that all database sessions of a worker's process bear and no other session does: they are
-- ended with the worker. Null: the process is not the worker's alone.
ALTER TABLE worker ADD COLUMN sessions text;
