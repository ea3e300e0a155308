-- One timeline: what the register and the events tell takes effect in the order of its own days, whichever feed brought it.

-- Where a resident was registered, from which day, and on which day they left: a row of residents.csv each. The latest that
-- has begun is what `resident` shows; one that has not is a planned move.
CREATE TABLE residence (
  resident_id text COLLATE "C" NOT NULL REFERENCES resident,
  registered_on date NOT NULL,
  municipality_code text NOT NULL,
  postal_code text NOT NULL,
  address text NOT NULL,
  household_id text NOT NULL,
  household_head text NOT NULL,
  left_on date,
  left_reason text,
  delivery_postal_code text,     -- R43, as the row said: a planned move lifts a delivery address on its day only
  delivery_address text,
  noted_on date NOT NULL,        -- business date of the night that took the row
  PRIMARY KEY (resident_id, registered_on)
);
INSERT INTO residence
SELECT resident_id, registered_on, municipality_code, postal_code, address, household_id, household_head, left_on, left_reason,
  delivery_postal_code, delivery_address, first_seen_on
FROM resident;
-- A move that was taken and not applied yet: where from is not known any more, only that it was elsewhere.
INSERT INTO residence
SELECT resident_id, least('1850-01-01', registered_on - 1), '', '', '', '', '', NULL, NULL, NULL, NULL, first_seen_on
FROM resident WHERE EXISTS (
  SELECT FROM register_change
  WHERE register_change.resident_id = resident.resident_id AND kind = 'moved' AND NOT applied);

-- A change takes effect on its day, which may lie ahead: `business_date` is the night from which on it counts. `residence`
-- is one that begins later, or that was noted after a later one.
ALTER TABLE register_change DROP CONSTRAINT register_change_kind_check;
ALTER TABLE register_change ADD CONSTRAINT register_change_kind_check
  CHECK (kind IN ('moved', 'left', 'number-changed', 'residence'));
CREATE INDEX register_change_due ON register_change (business_date) WHERE NOT applied;

-- R36: an application may be ordered again, as KEY-2 and so on, so a card names its application apart from its order.
ALTER TABLE card DROP CONSTRAINT card_order_id_fkey;
ALTER TABLE card ADD COLUMN application_key text COLLATE "C" REFERENCES application;
UPDATE card SET application_key = order_id;
CREATE FUNCTION first_order_is_the_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.application_key := coalesce(NEW.application_key, NEW.order_id);
  RETURN NEW;
END $$;
CREATE TRIGGER card_of_an_application BEFORE INSERT ON card FOR EACH ROW EXECUTE FUNCTION first_order_is_the_key();
CREATE INDEX card_application ON card (application_key) WHERE application_key IS NOT NULL;

-- The own day of its delivery: what was handed over once lies in no storage of ours any more.
ALTER TABLE card ADD COLUMN delivered_on date;
UPDATE card SET delivered_on = state_on WHERE state = 'delivered' OR (state = 'void' AND EXISTS (
  SELECT FROM application WHERE application.key = card.application_key AND application.state = 'issued'));
-- What a card was before its first fact: where the timeline starts. Null while none changed it.
ALTER TABLE card ADD COLUMN base jsonb;

-- What an application was before the timeline ended it: with a late fact it may turn out not to have ended.
ALTER TABLE application ADD COLUMN state_before text;

ALTER TABLE event ADD COLUMN waits_for text;                        -- why a pending one waits: a stable code
ALTER TABLE event ADD COLUMN target text COLLATE "C";               -- the application that it was taken to mean
ALTER TABLE event ADD COLUMN settled boolean NOT NULL DEFAULT false; -- decided for good, or contained in a card's base
UPDATE event SET settled = true WHERE state <> 'pending';
CREATE INDEX event_unsettled ON event (subject) WHERE NOT settled;

-- Rows whose own day lies after the night that took them. Their images and what was typed in are encrypted at once.
ALTER TABLE scan ADD COLUMN waits boolean NOT NULL DEFAULT false;
CREATE INDEX scan_waits ON scan (received_on) WHERE waits;
CREATE TABLE waiting_application (
  key text COLLATE "C" PRIMARY KEY,
  channel text NOT NULL,
  received_on date NOT NULL,
  submitted_at timestamptz NOT NULL,
  feed text COLLATE "C" NOT NULL,
  row int NOT NULL,
  application_id text COLLATE "C",
  online_cipher bytea
);

-- The vendor's answers that lay in the inbox when a night's intake was planned: what comes later is the next night's.
CREATE TABLE night_answer (
  run_id bigint NOT NULL REFERENCES run,
  name text COLLATE "C" NOT NULL,
  sha256 text NOT NULL,
  PRIMARY KEY (run_id, name)
);

-- Every row that waits for its day or its subject, and since which night (R96).
CREATE VIEW waiting_row AS
SELECT 'event' AS kind, 'events/' || event.feed AS feed, event.row, event.event_id AS subject,
  coalesce(event.waits_for, 'subject-unknown') AS reason, feed.business_date AS since
FROM event LEFT JOIN feed ON feed.kind = 'events' AND feed.name = event.feed AND feed.state = 'taken'
WHERE event.state = 'pending'
UNION ALL
SELECT 'scan', 'scans/' || scan.feed, scan.row, scan.application_key, 'day-to-come', feed.business_date
FROM scan LEFT JOIN feed ON feed.kind = 'scans' AND feed.name = scan.feed AND feed.state = 'taken'
WHERE scan.waits AND scan.state = 'received' AND scan.feed NOT LIKE 'online/%'
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
