CREATE TABLE piece (
  piece_id text PRIMARY KEY,
  product text NOT NULL CHECK (product IN ('issuance-notice', 'validity-notice', 'application-form',
    'incomplete-notice', 'individual-number-notice')),
  subject text COLLATE "C" NOT NULL,         -- card ref, application key, resident id, household id
  occasion text COLLATE "C" NOT NULL,        -- why there is one: first, reminder, an event id, card:2027-01-05 …
  generation int NOT NULL CHECK (generation >= 1),
  replaces text REFERENCES piece,
  state text NOT NULL CHECK (state IN ('wanted', 'withheld', 'suppressed', 'sealed', 'sent', 'acknowledged', 'posted',
    'returned', 'spoiled', 'refused', 'destroyed')),
  reason text,                               -- stable code of why it is withheld, suppressed, spoiled, refused
  document text NOT NULL,                    -- DOCUMENT of `print`
  resident_id text REFERENCES resident,      -- the addressee
  municipality_code text NOT NULL,
  wanted_on date NOT NULL,
  state_on date NOT NULL,
  application_id text,                       -- the Application ID that it carries
  deadline date,                             -- the pick-up deadline that it names
  earliest date,
  drop_id bigint REFERENCES drop,
  sequence int,
  chunk int,
  first_page int,
  pages int,
  sheets int,
  postal_code text,
  enclosures text,
  registered_number text,
  posted_on date,
  destroyed_on date,
  lost boolean NOT NULL DEFAULT false,       -- declared lost by two people
  frozen_cipher bytea,                       -- what is printed (PieceData as JSON), encrypted: renders the same bytes again
  CONSTRAINT one_generation_of_a_piece UNIQUE (product, subject, occasion, generation),
  -- Checked when a statement ends: sequences are given anew when a piece falls out of a frozen drop.
  CONSTRAINT one_place_in_a_drop UNIQUE (drop_id, sequence) DEFERRABLE INITIALLY IMMEDIATE,
  CONSTRAINT sealed_lies_in_a_drop CHECK (state IN ('wanted', 'withheld', 'suppressed') OR drop_id IS NOT NULL),
  CONSTRAINT posted_has_a_day CHECK (state <> 'posted' OR posted_on IS NOT NULL)
);
CREATE INDEX piece_wanted ON piece (product) WHERE state IN ('wanted', 'withheld');
CREATE INDEX piece_subject ON piece (product, subject);
CREATE UNIQUE INDEX one_successor_of_a_piece ON piece (replaces) WHERE replaces IS NOT NULL; -- R98
CREATE INDEX piece_on_the_way ON piece (state) WHERE state IN ('sealed', 'sent', 'acknowledged', 'spoiled', 'refused');
CREATE INDEX form_piece ON form (piece_id) WHERE piece_id IS NOT NULL;
-- R70: whose end comes near.
CREATE INDEX card_ends ON card (valid_until) WHERE state = 'delivered';
CREATE INDEX card_signature_ends ON card (signature_certificate_until) WHERE state = 'delivered';
CREATE INDEX card_user_ends ON card (user_certificate_until) WHERE state = 'delivered';
CREATE UNIQUE INDEX registered_number_once ON piece (registered_number, wanted_on);

-- R80: one Individual Number Notice per number, ever.
CREATE TABLE notified_number (
  number_hash bytea PRIMARY KEY,
  resident_id text NOT NULL REFERENCES resident,
  piece_id text NOT NULL REFERENCES piece
);

-- R51: messages to online applicants, by application and count.
CREATE TABLE message (
  application_key text COLLATE "C" NOT NULL REFERENCES application,
  number int NOT NULL,
  occasion text COLLATE "C" NOT NULL,        -- the errors that it names: the same set brings no second message
  business_date date NOT NULL,
  drop_id bigint REFERENCES drop,
  state text NOT NULL DEFAULT 'wanted' CHECK (state IN ('wanted', 'written', 'no-address')),
  PRIMARY KEY (application_key, number),
  CONSTRAINT one_message_per_incident UNIQUE (application_key, occasion)
);

-- Rejected mail applications that their municipality was told of: no letter goes out for them.
CREATE TABLE rejection (
  application_key text COLLATE "C" NOT NULL REFERENCES application,
  rule text NOT NULL,
  municipality_code text NOT NULL,           -- empty where no resident was found
  business_date date NOT NULL,
  drop_id bigint NOT NULL REFERENCES drop,
  PRIMARY KEY (application_key, rule)
);

-- The vendor's answers as they came, by file and line. One name may come again with more lines, so a file is known by
-- its hash.
CREATE TABLE vendor_answer (
  feed text COLLATE "C" NOT NULL,            -- NAME@HASH
  row int NOT NULL,
  drop_name text COLLATE "C" NOT NULL,
  kind text NOT NULL CHECK (kind IN ('ack', 'posted', 'spoiled', 'destroyed')),
  subject text COLLATE "C" NOT NULL,         -- piece id, or file name in an ack
  day date,                                  -- posted, destroyed
  sha256 text,                               -- ack
  pieces bigint,                             -- ack
  accepted boolean,                          -- ack
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'applied', 'kept')),
  result text,                               -- what it did, or why it is kept: a stable code
  PRIMARY KEY (feed, row)
);
CREATE INDEX vendor_answer_pending ON vendor_answer (drop_name) WHERE state = 'pending';

-- R95: what the inquiry answers, as of a night.
CREATE TABLE status_answer (
  key_hash text PRIMARY KEY,
  answer text NOT NULL CHECK (answer IN ('received', 'confirmed', 'in-process', 'sent', 'ask-municipality')),
  confirmed_on date,
  business_date date NOT NULL
);
