-- The run engine's tables. They know nothing of applications, cards or letters.
-- Which home this database belongs to: a moved or copied home is refused until a person adopts it.
CREATE TABLE home (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  path text NOT NULL             -- the real path, no symbolic links in it
);

CREATE TABLE worker (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  host text NOT NULL,
  boot text NOT NULL,            -- the host's boot id: a pid means nothing after a restart
  pid int NOT NULL,
  started text NOT NULL,         -- the process's start time in kernel ticks: a pid may be used again
  beat bigint NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'alive' CHECK (state IN ('alive', 'gone'))
);

CREATE TABLE run (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('night', 'disposal', 'campaign', 'key-rotation')),
  business_date date NOT NULL,
  scope text NOT NULL DEFAULT '',
  cut_off timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'complete', 'stopped', 'abandoned')),
  stopped_by text,               -- a person, or 'engine' (disk full); null unless stopped
  until_ordinal int,             -- no step after this one is opened (`run STEP`); null: all are
  opened_at timestamptz NOT NULL,
  completed_at timestamptz,
  CONSTRAINT run_once UNIQUE (kind, business_date, scope),
  CONSTRAINT stopped_by_somebody CHECK ((state = 'stopped') = (stopped_by IS NOT NULL))
);
CREATE UNIQUE INDEX one_night_at_a_time ON run (kind) WHERE kind = 'night' AND state IN ('running', 'stopped');

CREATE TABLE step (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id bigint NOT NULL REFERENCES run,
  ordinal int NOT NULL,
  name text NOT NULL,
  state text NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'planning', 'running', 'closing', 'unbalanced', 'publishing', 'closed')),
  parts_open bigint NOT NULL DEFAULT 0 CHECK (parts_open >= 0),
  started_at timestamptz,
  closed_at timestamptz,
  CONSTRAINT step_once UNIQUE (run_id, ordinal)
);

CREATE TABLE part (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 1000001) PRIMARY KEY, -- `rerun 7` is a run, `rerun 1000007` a part
  step_id bigint NOT NULL REFERENCES step,
  act text NOT NULL CHECK (act IN ('plan', 'work', 'close', 'publish')),
  from_key text COLLATE "C" NOT NULL,
  to_key text COLLATE "C" NOT NULL,
  state text NOT NULL CHECK (state IN ('ready', 'leased', 'done', 'failed', 'skipped', 'split')),
  epoch bigint NOT NULL DEFAULT 0,
  attempts int NOT NULL DEFAULT 0,
  passing int NOT NULL DEFAULT 0,  -- passing errors in a row: they do not count as attempts
  worker_id bigint REFERENCES worker,
  not_before timestamptz,
  error_class text,              -- SQLSTATE or exception type: never its message, which may name a person
  error_text text,               -- our own sentence, free of personal data
  started_at timestamptz,
  done_at timestamptz,
  CONSTRAINT leased_has_a_worker CHECK ((state = 'leased') = (worker_id IS NOT NULL))
);
CREATE UNIQUE INDEX part_once ON part (step_id, act, from_key) WHERE state <> 'split';
CREATE INDEX part_claimable ON part (step_id, from_key) WHERE state IN ('ready', 'leased');

-- The item ledger: one line for each subject that a step dealt with.
CREATE TABLE item (
  run_id bigint NOT NULL REFERENCES run,
  step_ordinal int NOT NULL,
  subject text COLLATE "C" NOT NULL,
  outcome text NOT NULL,
  reason text,
  CONSTRAINT item_once PRIMARY KEY (run_id, step_ordinal, subject)
);

-- Whatever leaves the house: a folder (with READY) or flat files (each with its .done) below the outbox.
CREATE TABLE drop (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id bigint NOT NULL REFERENCES run,
  folder text NOT NULL,          -- below the outbox: print/20261124-issuance-notice-001, status
  flat boolean NOT NULL DEFAULT false,
  product text NOT NULL,
  business_date date NOT NULL,
  number int NOT NULL,
  state text NOT NULL DEFAULT 'frozen' CHECK (state IN ('frozen', 'sealed', 'published')),
  manifest_sha256 text,
  previous_sha256 text,
  CONSTRAINT drop_once UNIQUE (product, business_date, number),
  CONSTRAINT sealed_has_a_hash CHECK (state = 'frozen' OR manifest_sha256 IS NOT NULL)
);

CREATE TABLE file (
  drop_id bigint NOT NULL REFERENCES drop,
  path text COLLATE "C" NOT NULL,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  bytes bigint NOT NULL,
  PRIMARY KEY (drop_id, path)
);

-- Append-only, hash-chained: every act of a person.
CREATE TABLE audit (
  sequence bigint PRIMARY KEY,
  at timestamptz NOT NULL,
  person text NOT NULL CHECK (person <> ''),
  action text NOT NULL,
  subject text NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  previous_sha256 text NOT NULL,
  sha256 text NOT NULL UNIQUE
);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Approval by two people, as one shared piece: disposals, reprints of lost pieces, campaigns.
CREATE TABLE approval (
  kind text NOT NULL,            -- disposal, piece-lost
  subject text NOT NULL,
  person text NOT NULL CHECK (person <> ''),
  reason text NOT NULL CHECK (reason <> ''),
  at timestamptz NOT NULL,
  CONSTRAINT a_person_approves_once PRIMARY KEY (kind, subject, person)
);

CREATE TABLE alert (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  code text NOT NULL,
  subject text NOT NULL,
  what_to_do text NOT NULL,
  acknowledged_by text,
  acknowledged_at timestamptz,
  CONSTRAINT alert_once UNIQUE (code, subject)
);
