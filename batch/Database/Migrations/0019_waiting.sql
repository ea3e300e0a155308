-- R45: a void card whose notice was never posted waits from the later of its arrival and the day on which it became void.
-- Several acts make a card void, so the day is written where all of them pass. A proposal that is withdrawn gives the card
-- back as void: it became void before.
ALTER TABLE card ADD COLUMN void_on date;
CREATE FUNCTION keep_void_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'void' THEN
    IF OLD.state NOT IN ('void', 'disposal-proposed', 'disposal-approved') THEN NEW.void_on := NEW.state_on; END IF;
  ELSIF NEW.state NOT IN ('disposal-proposed', 'disposal-approved', 'disposed') THEN
    NEW.void_on := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER card_keeps_void_day BEFORE UPDATE OF state ON card
  FOR EACH ROW WHEN (NEW.state = 'void' OR OLD.void_on IS NOT NULL) EXECUTE FUNCTION keep_void_day();
UPDATE card SET void_on = coalesce(
    (SELECT min(at) FROM history WHERE subject_kind = 'card' AND subject = card.ref AND what = 'void'), state_on)
  WHERE state = 'void' OR (state IN ('disposal-proposed', 'disposal-approved') AND EXISTS (
    SELECT FROM disposal_item WHERE card_ref = card.ref AND state_before = 'void'));

-- R96: what waits too long is looked for every night, so each look goes by an index of what is not at its end.
CREATE INDEX piece_unfinished ON piece (state, state_on)
  WHERE state IN ('wanted', 'withheld', 'sealed', 'sent', 'acknowledged', 'spoiled', 'refused', 'destroyed');
CREATE INDEX piece_lost ON piece (piece_id) WHERE lost;
CREATE INDEX application_unfinished ON application (state, state_on)
  WHERE state IN ('received', 'review', 'incomplete', 'waiting', 'selected');
CREATE INDEX card_unfinished ON card (state, state_on)
  WHERE state IN ('ordered', 'arrived', 'disposal-proposed', 'disposal-approved', 'void');
CREATE INDEX card_storage_over ON card (disposable_from) WHERE state IN ('arrived', 'notified', 'void');
CREATE INDEX drop_unfinished ON drop (business_date) WHERE state <> 'published';
CREATE INDEX message_unfinished ON message (business_date) WHERE state = 'wanted';
CREATE INDEX review_open_since ON review_item (opened_on) WHERE state = 'open';

-- What the alerts about it have told: how many were late, and of which days, by cause.
CREATE TABLE waiting_told (
  cause text PRIMARY KEY,
  number bigint NOT NULL CHECK (number > 0),
  oldest date NOT NULL,          -- since when the first of them waits
  newest date,                   -- since when the last one waits; null where only the number counts
  business_date date NOT NULL    -- of the night that told it
);
