-- A claim whose worker was lost together with its host says nothing about the part (ENGINE.md, rule 5): such claims are
-- counted apart from attempts. What a worker held when it was given up is remembered, until its host has said whether it
-- died alone.
ALTER TABLE part ADD lost int NOT NULL DEFAULT 0;
ALTER TABLE worker ADD held_part bigint;
CREATE INDEX part_leased ON part (worker_id) WHERE state = 'leased';

-- Looked for by every part or every row, and found until now by reading the whole table each time.
CREATE INDEX scan_file ON scan (feed, file);
CREATE INDEX application_row ON application (feed, row);
