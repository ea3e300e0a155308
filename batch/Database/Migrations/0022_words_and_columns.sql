-- The columns are named in the words that the code uses: dead workers, transient errors, resolved alerts.
ALTER TABLE worker DROP CONSTRAINT worker_state_check;
UPDATE worker SET state = 'dead' WHERE state = 'gone';
ALTER TABLE worker ADD CONSTRAINT worker_state_check CHECK (state IN ('alive', 'dead'));
ALTER TABLE part RENAME COLUMN passing TO transient_errors;
ALTER TABLE alert RENAME COLUMN lowered_at TO resolved_at;

-- An alert knows the run and the part that it is about; so far they stood only in its sentence.
ALTER TABLE alert ADD COLUMN run_id bigint;
ALTER TABLE alert ADD COLUMN part_id bigint;
UPDATE alert SET run_id = substring(subject FROM '^run ([0-9]+) ')::bigint,
  part_id = substring(subject FROM '^run .* part ([0-9]+)$')::bigint
WHERE subject ~ '^run [0-9]+ ';
