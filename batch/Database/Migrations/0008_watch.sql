-- Being watched: alerts that are told to people, and what part rows remember of workers that died.
ALTER TABLE alert ADD COLUMN lowered_at timestamptz;  -- the cause is gone; null: it stands, seen by a person or not
UPDATE alert SET lowered_at = acknowledged_at WHERE acknowledged_by = 'engine';

-- The outbox: written in the transaction that raises or lowers, so that no message is lost and none is invented.
CREATE TABLE alert_message (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id bigint NOT NULL REFERENCES alert,
  kind text NOT NULL CHECK (kind IN ('raised', 'reminder', 'lowered')),
  number int NOT NULL DEFAULT 0,  -- the n-th reminder; 0 for the others
  since timestamptz NOT NULL,     -- when the alert was raised: an alert may be raised again
  at timestamptz NOT NULL,
  code text NOT NULL,             -- these three as they were at the time: the alert's row may be raised anew
  subject text NOT NULL,
  what_to_do text NOT NULL,
  CONSTRAINT alert_message_once UNIQUE (alert_id, since, kind, number)
);

-- Where alerts are told. A channel hears only of what happened since it is there.
CREATE TABLE alert_channel (
  name text PRIMARY KEY,
  since timestamptz NOT NULL,
  failures int NOT NULL DEFAULT 0,  -- in a row
  not_before timestamptz,           -- no attempt before this: capped back-off of the whole channel
  error_class text                  -- type or status of the last failure, never its message
);

CREATE TABLE alert_delivery (
  message_id bigint NOT NULL REFERENCES alert_message,
  channel text NOT NULL REFERENCES alert_channel,
  attempts int NOT NULL DEFAULT 0,
  not_before timestamptz,
  delivered_at timestamptz,
  PRIMARY KEY (message_id, channel)
);

ALTER TABLE part
  ADD COLUMN takeovers int NOT NULL DEFAULT 0,  -- claims from a worker that was given up
  ADD COLUMN fenced int NOT NULL DEFAULT 0;     -- results of such workers that were refused
