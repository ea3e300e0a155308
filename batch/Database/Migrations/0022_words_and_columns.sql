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

-- Photographs of online applications are scans too. Their area is a column; the beginning of `feed` only keeps them apart
-- from a scan drop of the same name, as feed and row are what their readings are encrypted under.
ALTER TABLE scan ADD COLUMN area text COLLATE "C" NOT NULL DEFAULT 'scans' CHECK (area IN ('scans', 'online'));
UPDATE scan SET area = 'online' WHERE starts_with(feed, 'online/');
ALTER TABLE scan ADD COLUMN feed_name text COLLATE "C" NOT NULL
  GENERATED ALWAYS AS (CASE area WHEN 'online' THEN substr(feed, 8) ELSE feed END) STORED;
CREATE OR REPLACE VIEW waiting_row AS
SELECT 'event' AS kind, 'events/' || event.feed AS feed, event.row, event.event_id AS subject,
  coalesce(event.waits_for, 'subject-unknown') AS reason, feed.business_date AS since
FROM event LEFT JOIN feed ON feed.kind = 'events' AND feed.name = event.feed AND feed.state = 'taken'
WHERE event.state = 'pending'
UNION ALL
SELECT 'scan', 'scans/' || scan.feed, scan.row, scan.application_key, 'day-to-come', feed.business_date
FROM scan LEFT JOIN feed ON feed.kind = 'scans' AND feed.name = scan.feed AND feed.state = 'taken'
WHERE scan.waits AND scan.state = 'received' AND scan.area = 'scans'
UNION ALL
SELECT 'online', 'online/' || waiting.feed, waiting.row, waiting.key, 'day-to-come', feed.business_date
FROM waiting_application AS waiting
LEFT JOIN feed ON feed.kind = 'online' AND feed.name = waiting.feed AND feed.state = 'taken'
UNION ALL
SELECT 'answer', 'vendor/' || feed.name, answer.row, answer.subject, coalesce(answer.result, 'day-to-come'), feed.business_date
FROM vendor_answer AS answer
LEFT JOIN feed ON feed.kind = 'vendor' AND feed.state = 'taken' AND feed.name || '@' || left(feed.sha256, 16) = answer.feed
WHERE answer.state = 'pending'
UNION ALL
SELECT 'register', NULL, NULL, residence.resident_id, 'day-to-come', residence.noted_on
FROM residence
WHERE EXISTS (
  SELECT FROM register_change AS due
  WHERE due.resident_id = residence.resident_id AND NOT due.applied AND due.business_date > residence.noted_on
    AND due.business_date IN (residence.registered_on, residence.left_on));
