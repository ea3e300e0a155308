-- The item ledger: what only repeats the night before is counted, by step and outcome, and not listed by subject.
CREATE TABLE item_count (
  run_id bigint NOT NULL REFERENCES run,
  step_ordinal int NOT NULL,
  outcome text NOT NULL,
  items bigint NOT NULL CHECK (items > 0),
  PRIMARY KEY (run_id, step_ordinal, outcome)
);
-- Both together: what laws, `show`, the report and the metrics count.
CREATE VIEW item_total AS
  SELECT run_id, step_ordinal, outcome, count(*) AS items, 0::bigint AS repeated
  FROM item GROUP BY run_id, step_ordinal, outcome
  UNION ALL
  SELECT run_id, step_ordinal, outcome, items, items FROM item_count;

-- R51: every end of an online application has its message, once.
ALTER TABLE message
  ADD COLUMN kind text NOT NULL DEFAULT 'incomplete'
    CHECK (kind IN ('taken-in', 'incomplete', 'rejected', 'superseded', 'cancelled', 'void')),
  ADD COLUMN reasons text NOT NULL DEFAULT '';   -- RULE/detail joined by +: with the kind, all that the text is made of
UPDATE message SET reasons = occasion;
-- overtaken: never written, as the application did not end so after all, or another end came before it.
ALTER TABLE message DROP CONSTRAINT message_state_check;
ALTER TABLE message ADD CONSTRAINT message_state_check
  CHECK (state IN ('wanted', 'written', 'no-address', 'died', 'overtaken'));
CREATE INDEX message_wanted ON message (application_key) WHERE state = 'wanted';

-- The last of its ends that a message was wanted for; 'taken-in' before the first. 'before': taken in by a night that was
-- over before there were other messages than of incomplete ones; it is not told so any more, but of its end it is.
ALTER TABLE application ADD COLUMN told text;
UPDATE application SET told = CASE WHEN application.state = 'incomplete' THEN application.state ELSE 'before' END
FROM feed JOIN run ON run.id = feed.run_id AND run.state = 'complete'
WHERE application.channel <> 'mail' AND feed.kind = 'online' AND feed.state = 'taken' AND feed.name = application.feed;
CREATE INDEX application_untold ON application (key) WHERE channel <> 'mail' AND (told IS NULL
  OR (told <> state AND state IN ('incomplete', 'rejected', 'superseded', 'cancelled', 'void')));

-- Whose form or number an application was made with that could not be identified: only says which municipality can help.
ALTER TABLE application ADD COLUMN presumed_resident_id text REFERENCES resident;
CREATE INDEX application_rejected ON application (key) WHERE state = 'rejected';

-- R24: keyed hash of a sent or loose photograph, destroyed with it (R48).
ALTER TABLE scan ADD COLUMN photo_hash text;
CREATE INDEX scan_photo_hash ON scan (photo_hash) WHERE photo_hash IS NOT NULL;
