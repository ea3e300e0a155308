-- Two people are two: one normal form of names, several roles, who made whom, and what two operators do together.

-- What a reader does not see makes no other name: controls, zero width, joiners, fillers, direction marks, variation
-- selectors, tags. The database does it because the program runs without tables of Unicode (invariant globalization).
CREATE FUNCTION person_seen(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT regexp_replace(name,
    '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f'
    || '\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]',
    '', 'g') $$;

-- The normal form: width and composition by NFKC, case by full folding, nothing invisible, trimmed.
CREATE FUNCTION person_plain(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT btrim(normalize(public.person_seen(
    lower(upper(public.person_seen(normalize(public.person_seen(name), NFKC)) COLLATE "und-x-icu") COLLATE "und-x-icu")), NFKC)) $$;

-- What two names that look alike have in common: no accents, one of the shapes that kana, kanji and digits share.
CREATE FUNCTION person_look(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT translate(
    normalize(regexp_replace(normalize(public.person_plain(name), NFD), '[\u0300-\u036f]', '', 'g'), NFC),
    'へべぺり力夕口二八卜工千才三一丿乂又匕厶10-', 'ヘベペリカタロニハトエチオミーノメヌヒムloー') $$;

-- Letters a to z (with or without accents), digits, kana, kanji, and . _ - between them. One look, one script: what Cyrillic
-- or Greek letters imitate is Latin here, so they are not taken at all.
CREATE FUNCTION person_allowed(name text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT char_length(name) <= 64 AND name !~ '[\u0300-\u036f]'
    AND normalize(regexp_replace(normalize(name, NFD), '[\u0300-\u036f]', '', 'g'), NFC)
      ~ '^[a-z0-9ぁ-ゖァ-ヺー々〆\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff][a-z0-9._ぁ-ゖァ-ヺー々〆\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff-]*$' $$;

-- Of accounts whose names are now one, the first stays; the others keep their history under a name beside it, disabled.
CREATE TEMP TABLE account_named ON COMMIT DROP AS
SELECT person, coalesce(nullif(person_plain(person), ''), 'unnamed') AS plain,
       row_number() OVER (PARTITION BY person_look(person) ORDER BY first NULLS LAST, person COLLATE "C") AS place
FROM account LEFT JOIN (
  SELECT substring(subject FROM '^(.*) as [a-z]+$') AS person, min(sequence) AS first
  FROM audit WHERE action = 'account-add' GROUP BY 1) AS made USING (person);

WITH renamed AS (
  UPDATE account SET person = plain || '.' || left(md5(account.person), 8), disabled = true
  FROM account_named WHERE account_named.person = account.person AND place > 1
  RETURNING account.person AS new, plain),
raised AS (
  INSERT INTO alert (at, code, subject, what_to_do)
  SELECT now(), 'account-name-taken', 'account ' || new,
    'Its name is now the same as, or looks like, that of the account ' || plain || '. It was renamed to ' || new
    || ' and disabled: give its person an account of another name.'
  FROM renamed
  RETURNING id, at, code, subject, what_to_do)
INSERT INTO alert_message (alert_id, kind, since, at, code, subject, what_to_do)
SELECT id, 'raised', at, at, code, subject, what_to_do FROM raised;
-- Only now: a name is free when the others have left it.
UPDATE account SET person = plain FROM account_named WHERE account_named.person = account.person AND place = 1;

ALTER TABLE account
  ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  ADD COLUMN roles text[],
  ADD COLUMN second_hash text,                -- the one-time password's second half, where two operators each gave one
  ADD COLUMN version int NOT NULL DEFAULT 1,  -- raised by every change: sessions of before end
  ADD COLUMN wrong int NOT NULL DEFAULT 0,    -- wrong passwords in a row
  ADD COLUMN wrong_at timestamptz;
UPDATE account SET roles = ARRAY[role];
ALTER TABLE account
  DROP COLUMN role,
  ALTER COLUMN roles SET NOT NULL,
  ADD CONSTRAINT known_roles CHECK (cardinality(roles) > 0
    AND roles <@ ARRAY['operator', 'keyer', 'approver', 'auditor', 'supervisor', 'helpdesk']),
  ADD CONSTRAINT one_name_is_one_person CHECK (person <> '' AND person = person_plain(person)),
  ADD CONSTRAINT two_halves_are_one_time CHECK (second_hash IS NULL OR one_time);
CREATE UNIQUE INDEX one_look_is_one_person ON account (person_look(person));

-- Who made, reset or changed whose account: the two are never two people. No maker: while the home was set up, or by whoever
-- has the host.
CREATE TABLE account_act (
  account_id bigint NOT NULL REFERENCES account (id),
  what text NOT NULL CHECK (what IN ('made', 'reset', 'changed', 'disabled', 'recovered')),
  by_id bigint REFERENCES account (id),
  at timestamptz NOT NULL
);
CREATE INDEX account_act_by_account ON account_act (account_id, by_id);
CREATE TRIGGER account_act_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON account_act
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO account_act (account_id, what, by_id, at)
SELECT account.id, CASE audit.action WHEN 'account-add' THEN 'made' ELSE 'disabled' END, maker.id, audit.at
FROM audit
JOIN account ON account.person = person_plain(
  CASE audit.action WHEN 'account-add' THEN substring(audit.subject FROM '^(.*) as [a-z]+$') ELSE audit.subject END)
JOIN account AS maker ON maker.person = person_plain(audit.person)
WHERE audit.action IN ('account-add', 'account-disable');

-- What one operator proposed and another has to say as well. Its half of the one-time password is kept as a hash alone.
CREATE TABLE account_proposal (
  person text PRIMARY KEY CHECK (person = person_plain(person)),
  act text NOT NULL CHECK (act IN ('add', 'role', 'reset')),
  roles text[] NOT NULL,
  by_id bigint NOT NULL REFERENCES account (id),
  first_hash text,
  at timestamptz NOT NULL
);

-- By which account; null: somebody of an OpenID Connect provider, the engine, or before there were ids.
ALTER TABLE audit ADD COLUMN account_id bigint REFERENCES account (id);

-- A first approval by a name that is no account was typed freely: it does not count any more. The audit table keeps it.
DELETE FROM approval
WHERE (kind, subject) IN (SELECT kind, subject FROM approval GROUP BY kind, subject HAVING count(*) = 1)
  AND NOT EXISTS (SELECT FROM account WHERE account.person = person_plain(approval.person));
