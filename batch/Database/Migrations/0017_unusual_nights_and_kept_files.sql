-- What a file says that leaves the house, from the decision until it is in place: deflated and encrypted, in blocks. Whatever
-- becomes of the rows that it was made from, a lost staged file is written again with the same bytes.
CREATE TABLE kept_block (
  drop_id bigint NOT NULL,
  path text COLLATE "C" NOT NULL,
  number int NOT NULL,
  cipher bytea NOT NULL,
  PRIMARY KEY (drop_id, path, number),
  FOREIGN KEY (drop_id, path) REFERENCES file ON DELETE CASCADE
);
-- Ciphertext does not shrink: PostgreSQL need not try.
ALTER TABLE kept_block ALTER COLUMN cipher SET STORAGE EXTERNAL;

-- Which picture of which scan an order's photograph was cut out of: it is too large to be kept, and a newer scan may come.
ALTER TABLE card ADD COLUMN photo_stored text;
ALTER TABLE card ADD COLUMN photo_page int;
ALTER TABLE card ADD COLUMN photo_sent boolean;

-- A sealed drop that could not be put in place: why (null: nothing stops it), and whether a person knows of it. One that is
-- known is tried by every night and holds none of them up.
ALTER TABLE drop ADD COLUMN stopped_class text;
ALTER TABLE drop ADD COLUMN stopped_known boolean NOT NULL DEFAULT false;
-- Given up by two people, as nothing brings its bytes back: it never left the house, and what was in it is made anew.
ALTER TABLE drop DROP CONSTRAINT drop_state_check;
ALTER TABLE drop ADD CONSTRAINT drop_state_check CHECK (state IN ('frozen', 'sealed', 'published', 'given-up'));

-- A night whose date a person asked for although the calendar did not expect it; whether the run may destroy keys and propose
-- disposals; whether it was caught up by itself after its day. A night set aside stands as what it decided, not as a date.
ALTER TABLE run ADD COLUMN unusual boolean NOT NULL DEFAULT false;
ALTER TABLE run ADD COLUMN may_destroy boolean NOT NULL DEFAULT true;
ALTER TABLE run ADD COLUMN caught_up boolean NOT NULL DEFAULT false;
ALTER TABLE run DROP CONSTRAINT run_state_check;
ALTER TABLE run ADD CONSTRAINT run_state_check
  CHECK (state IN ('running', 'complete', 'stopped', 'abandoned', 'set-aside'));
ALTER TABLE run DROP CONSTRAINT run_once;
CREATE UNIQUE INDEX run_once ON run (kind, business_date, scope) WHERE state <> 'set-aside';

-- How much each run destroyed or proposed for it: what the limit of the nights after it is reckoned from.
CREATE TABLE destruction (
  run_id bigint PRIMARY KEY REFERENCES run,
  business_date date NOT NULL,
  keys bigint NOT NULL,
  disposals bigint NOT NULL
);
INSERT INTO destruction (run_id, business_date, keys, disposals)
  SELECT run.id, run.business_date, count(*) FILTER (WHERE item.outcome = 'key-due'),
    count(*) FILTER (WHERE item.outcome = 'disposal-proposed')
  FROM run JOIN step ON step.run_id = run.id AND step.name = 'storage'
  JOIN item ON item.run_id = run.id AND item.step_ordinal = step.ordinal
  GROUP BY run.id;

-- What was over a night's limit: it waits for two people.
CREATE TABLE destruction_waiting (
  kind text NOT NULL CHECK (kind IN ('key', 'disposal')),
  subject text COLLATE "C" NOT NULL,         -- an application's key, or a card
  since date NOT NULL,                       -- the night that it was too much for
  released boolean NOT NULL DEFAULT false,
  PRIMARY KEY (kind, subject)
);
