-- Slots of key files: each application's scans, crops, photograph and readings lie under a key of their own.
CREATE TABLE key_slot (
  received_on date NOT NULL,
  slot int NOT NULL CHECK (slot >= 0),
  application_key text COLLATE "C" NOT NULL UNIQUE,
  state text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'destroying', 'destroyed')),
  PRIMARY KEY (received_on, slot)
);

CREATE TABLE application (
  key text COLLATE "C" PRIMARY KEY,          -- ENVELOPE-SHEET by mail, FEED-ROW online
  channel text NOT NULL CHECK (channel IN ('mail', 'online', 'booth', 'counter')),
  received_on date NOT NULL,
  submitted_at timestamptz,                  -- online only
  envelope text COLLATE "C",                 -- mail only
  sheet text COLLATE "C",
  feed text COLLATE "C" NOT NULL,
  row int NOT NULL,
  application_id text COLLATE "C",           -- as read; null where the form has none or it could not be read
  form_kind text,                            -- as read
  resident_id text REFERENCES resident,
  state text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'review', 'incomplete', 'rejected', 'waiting',
    'selected', 'superseded', 'ordered', 'issued', 'cancelled', 'void')),
  state_on date NOT NULL,                    -- business date of the last change of state
  confirmed_on date,                         -- first business date it was `selected` (R95)
  superseded_by text,
  online_cipher bytea,                       -- what an online applicant sent (e-mail, birth date, marks), encrypted
  agent_accepted boolean NOT NULL DEFAULT false,   -- R10
  photo_exempted boolean NOT NULL DEFAULT false,   -- R22
  to_validate boolean NOT NULL DEFAULT true,       -- something it depends on changed: validate looks again
  CONSTRAINT mail_has_an_envelope CHECK ((channel = 'mail') = (envelope IS NOT NULL)),
  CONSTRAINT online_has_an_instant CHECK ((channel <> 'mail') = (submitted_at IS NOT NULL))
);
CREATE UNIQUE INDEX one_live_winner ON application (resident_id) WHERE state IN ('selected', 'ordered'); -- R34
CREATE INDEX application_by_application_id ON application (application_id);
CREATE INDEX application_by_resident ON application (resident_id);
CREATE INDEX application_open ON application (key) WHERE state IN ('received', 'review', 'waiting', 'selected');

CREATE TABLE scan (
  feed text COLLATE "C" NOT NULL,
  row int NOT NULL,                          -- row of the manifest, from 1
  envelope text COLLATE "C" NOT NULL,
  sheet text COLLATE "C" NOT NULL,
  side text NOT NULL CHECK (side IN ('front', 'back')),
  kind text NOT NULL CHECK (kind IN ('form', 'photo', 'other')),
  file text NOT NULL,
  page int NOT NULL CHECK (page >= 1),
  sha256 text NOT NULL,                      -- of the file
  received_on date NOT NULL,
  locator text NOT NULL,
  application_key text COLLATE "C",          -- the application it belongs to; null for kind other
  stored text,                               -- name in the encrypted store; null before it is there, and once destroyed
  stored_page int,                           -- its page there: of a file with pages of several applications, one is kept
  state text NOT NULL DEFAULT 'received'
    CHECK (state IN ('received', 'read', 'review', 'unreadable', 'duplicate', 'replaced', 'other')),
  reason text,
  asked_anew boolean NOT NULL DEFAULT false, -- a person wants a new scan of this side (R03)
  reading_cipher bytea,                      -- PageOutcome as JSON, under the application's key
  PRIMARY KEY (feed, row)
);
CREATE INDEX scan_application ON scan (application_key);
CREATE INDEX scan_sha256 ON scan (sha256);
CREATE INDEX scan_unread ON scan (application_key) WHERE state = 'received';
CREATE INDEX scan_envelope ON scan (envelope, sheet);

CREATE TABLE finding (
  application_key text COLLATE "C" NOT NULL REFERENCES application,
  rule text NOT NULL CHECK (rule ~ '^R[0-9]{2}$'),
  severity text NOT NULL CHECK (severity IN ('reject', 'incomplete', 'review', 'remark')),
  detail text NOT NULL DEFAULT '',           -- a stable code: photo-missing, signature-missing …
  PRIMARY KEY (application_key, rule, detail)
);

-- What waits for a person, and what a person said. Values are encrypted under the application's key.
CREATE TABLE review_item (
  item text PRIMARY KEY,
  application_key text COLLATE "C" NOT NULL REFERENCES application,
  field text NOT NULL,
  rule text NOT NULL,
  side text NOT NULL DEFAULT 'front',
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'decided', 'withdrawn')),
  value_cipher bytea,
  decided_by text,
  decided_at timestamptz,
  opened_on date NOT NULL,
  CONSTRAINT decided_has_a_person CHECK ((state = 'decided') = (decided_by IS NOT NULL))
);
CREATE INDEX review_open ON review_item (application_key) WHERE state = 'open';

CREATE TABLE event (
  event_id text COLLATE "C" PRIMARY KEY,
  feed text COLLATE "C" NOT NULL,
  row int NOT NULL,
  occurred_at timestamptz NOT NULL,
  kind text NOT NULL,
  municipality_code text NOT NULL,
  subject text COLLATE "C" NOT NULL,
  value text NOT NULL,
  note text NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'applied', 'kept')),
  result text,                               -- what it did, or why it is kept: a stable code
  applied_on date
);
CREATE INDEX event_pending ON event (subject) WHERE state = 'pending';
-- What is registered for an Application ID counts for every application made with it, also later ones (R10, R22, R51).
CREATE INDEX event_registered ON event (subject) WHERE kind IN ('agent-accepted', 'photo-exempted');

-- Everything that happened to a subject, in order. Append-only.
CREATE TABLE history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subject_kind text NOT NULL CHECK (subject_kind IN ('application', 'card', 'piece', 'resident', 'list')),
  subject text COLLATE "C" NOT NULL,
  at date NOT NULL,                          -- business date
  what text NOT NULL,
  by text NOT NULL,                          -- step name, event id, or person
  why text NOT NULL DEFAULT ''
);
CREATE INDEX history_subject ON history (subject_kind, subject);
CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
