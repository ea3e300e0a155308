CREATE TABLE card (
  ref text COLLATE "C" PRIMARY KEY,          -- order id (= key of the winner), or the card id of a card that was fed
  order_id text COLLATE "C" UNIQUE REFERENCES application,
  card_id text COLLATE "C" UNIQUE,
  resident_id text NOT NULL REFERENCES resident,
  municipality_code text NOT NULL,           -- of the resident when ordered: where the card lies
  state text NOT NULL CHECK (state IN ('ordered', 'arrived', 'notified', 'delivered', 'disposal-proposed',
    'disposal-approved', 'disposed', 'void')),
  state_on date NOT NULL,
  ordered_on date,
  issued_on date,
  arrived_on date,
  valid_until date,
  signature_certificate_until date,
  user_certificate_until date,
  ends_with_stay boolean NOT NULL DEFAULT false,   -- R70: no notice where the end is that of a period of stay
  suspended boolean NOT NULL DEFAULT false,
  held boolean NOT NULL DEFAULT false,
  in_dispute boolean NOT NULL DEFAULT false,
  extended_until date,                       -- R44, R45: last day named by an extension
  replacement_approved boolean NOT NULL DEFAULT false, -- R35
  storage_began date,
  storage_ends date,                         -- last day of storage; null while no end is known
  disposable_from date,                      -- the day after
  pickup_deadline date,                      -- as printed on the newest posted notice, or extended
  notice_reissue_requested_on date,          -- R44
  drop_id bigint REFERENCES drop,            -- the card order that carried it
  photo text,                                -- its photograph's file in that drop; null under 1 year old (R20)
  braille boolean NOT NULL DEFAULT false,    -- as ordered (R14)
  signature_certificate boolean NOT NULL DEFAULT false,  -- wanted and allowed (R13)
  user_certificate boolean NOT NULL DEFAULT false,       -- wanted (R13)
  CONSTRAINT arrived_has_an_id CHECK (state IN ('ordered', 'void') OR card_id IS NOT NULL)  -- void: also before it came
);
CREATE INDEX card_resident ON card (resident_id);
CREATE INDEX card_drop ON card (drop_id);

CREATE TABLE disposal_list (
  list_id text PRIMARY KEY,
  run_id bigint NOT NULL REFERENCES run,     -- the night, or the disposal run, that proposed it
  municipality_code text NOT NULL,
  business_date date NOT NULL,
  number int NOT NULL,
  state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'withdrawn')),
  UNIQUE (municipality_code, business_date, number)
);

CREATE TABLE disposal_item (
  list_id text NOT NULL REFERENCES disposal_list,
  card_ref text COLLATE "C" NOT NULL REFERENCES card,
  storage_began date NOT NULL,
  storage_ended date NOT NULL,
  state_before text NOT NULL,                -- what the card goes back to if the proposal is withdrawn
  state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'withdrawn', 'disposed')),
  PRIMARY KEY (list_id, card_ref)
);
CREATE UNIQUE INDEX one_open_disposal_per_card ON disposal_item (card_ref) WHERE state IN ('proposed', 'approved');
