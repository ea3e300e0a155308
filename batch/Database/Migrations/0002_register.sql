-- What the municipalities feed: municipalities, residents, the form registry; and every feed that came.
CREATE TABLE feed (
  kind text NOT NULL CHECK (kind IN ('register', 'events', 'online', 'scans', 'vendor')),
  name text COLLATE "C" NOT NULL,
  sha256 text NOT NULL,          -- of its marker, which names every file's hash
  state text NOT NULL CHECK (state IN ('taken', 'rejected')),
  run_id bigint NOT NULL REFERENCES run,
  business_date date NOT NULL,
  rows bigint NOT NULL DEFAULT 0,
  reason text,
  archived boolean NOT NULL DEFAULT false,
  PRIMARY KEY (kind, name, sha256)
);
CREATE UNIQUE INDEX feed_name_taken_once ON feed (kind, name) WHERE state = 'taken' AND kind <> 'vendor';

-- Why a feed was refused: place, class of value, code; never the value. Written out as NAME.rejected.csv.
CREATE TABLE feed_fault (
  kind text NOT NULL,
  name text COLLATE "C" NOT NULL,
  sha256 text NOT NULL,
  number int NOT NULL,
  file text NOT NULL,
  row int NOT NULL,
  column_name text NOT NULL,
  value_class text NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (kind, name, sha256, number),
  FOREIGN KEY (kind, name, sha256) REFERENCES feed
);

CREATE TABLE municipality (
  municipality_code text PRIMARY KEY,
  name text NOT NULL,
  prefecture text NOT NULL,
  pickup_place text NOT NULL,
  pickup_address text NOT NULL,
  pickup_phone text NOT NULL,
  earliest_pickup_days int NOT NULL CHECK (earliest_pickup_days >= 0),
  storage_months int NOT NULL CONSTRAINT storage_at_least_three_months CHECK (storage_months >= 3), -- R45
  notice_in_envelope boolean NOT NULL,
  reminder_after_days int CHECK (reminder_after_days > 0)
);

CREATE TABLE resident (
  resident_id text COLLATE "C" PRIMARY KEY,
  number_hash bytea,             -- keyed hash of the Individual Number
  number_cipher bytea,           -- AES-GCM
  name text NOT NULL,
  name_kana text NOT NULL,
  alternative_letters text NOT NULL DEFAULT '',
  birth_date date NOT NULL,
  sex text NOT NULL DEFAULT '' CHECK (sex IN ('M', 'F', '')),
  postal_code text NOT NULL,
  address text NOT NULL,
  delivery_postal_code text,
  delivery_address text,
  municipality_code text NOT NULL REFERENCES municipality,
  registered_on date NOT NULL,
  left_on date,
  left_reason text CHECK (left_reason IN ('died', 'abroad', 'unknown')),
  adult_ward boolean NOT NULL DEFAULT false,
  stay_until date,
  household_id text NOT NULL,
  household_head text NOT NULL,
  number_assigned_on date,
  first_seen_on date NOT NULL,   -- business date on which the current Individual Number was first seen (R80)
  CONSTRAINT delivery_is_whole CHECK ((delivery_postal_code IS NULL) = (delivery_address IS NULL))
);
CREATE UNIQUE INDEX one_resident_per_number ON resident (number_hash);
CREATE INDEX resident_household ON resident (household_id);

-- Individual Numbers that were changed (R37): they no longer identify.
CREATE TABLE former_number (
  number_hash bytea PRIMARY KEY,
  resident_id text NOT NULL REFERENCES resident,
  replaced_on date NOT NULL
);

-- Changes of the register that void something (R36) or stop something (R71): found when a feed is taken.
CREATE TABLE register_change (
  resident_id text NOT NULL REFERENCES resident,
  kind text NOT NULL CHECK (kind IN ('moved', 'left', 'number-changed')),
  business_date date NOT NULL,
  applied boolean NOT NULL DEFAULT false,
  PRIMARY KEY (resident_id, kind, business_date)
);

-- The form registry: every Application ID that exists, ours and those fed.
CREATE TABLE form (
  application_id text COLLATE "C" PRIMARY KEY CHECK (application_id ~ '^[0-9]{23}$'),
  resident_id text NOT NULL REFERENCES resident,
  kind text NOT NULL CHECK (kind IN ('qr', 'reapplication', 'renewal', 'notice')),
  issued_on date NOT NULL,
  printed_name text NOT NULL,
  printed_address text NOT NULL,
  masked boolean NOT NULL DEFAULT false,
  piece_id text,                 -- the piece that carries it; null for fed ones
  void boolean NOT NULL DEFAULT false  -- R98: its piece was spoiled or lost
);
CREATE INDEX form_resident ON form (resident_id);
