-- A share of what the reader was sure of, keyed once more by people who are not told what it read: how often it is wrong.
-- Nothing waits for a row here. States: `open` nobody keyed it · `differs` a first person keyed something else, another one
-- is asked · `agreed` somebody keyed what the reader read · `misread` two people agree against the reader · `unclear` no two
-- of the three agree · `withdrawn` the scan was destroyed before it was settled.
CREATE TABLE rekey_item (
  item text PRIMARY KEY,
  application_key text COLLATE "C" NOT NULL REFERENCES application ON DELETE CASCADE,
  feed text COLLATE "C" NOT NULL,            -- the scan that was read
  row int NOT NULL,
  side text NOT NULL,
  field text NOT NULL,
  rule text NOT NULL,                        -- the rule that uses the field
  scanner text COLLATE "C" NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'differs', 'agreed', 'misread', 'unclear', 'withdrawn')),
  value_cipher bytea,                        -- what the first person keyed, where it differs; under the application's key
  first_by text,
  second_by text,
  opened_on date NOT NULL,
  decided_at timestamptz,
  CONSTRAINT two_people CHECK (second_by IS NULL OR second_by <> first_by),
  CONSTRAINT settled_against_the_reader_by_two CHECK (state NOT IN ('misread', 'unclear') OR second_by IS NOT NULL)
);
CREATE INDEX rekey_waiting ON rekey_item (opened_on) WHERE state IN ('open', 'differs');
CREATE INDEX rekey_scanner ON rekey_item (scanner, opened_on);
CREATE INDEX rekey_application ON rekey_item (application_key);
