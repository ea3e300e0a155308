-- Local accounts of the pages: used where no OpenID Connect provider is configured.
CREATE TABLE account (
  person text PRIMARY KEY,
  password_hash text NOT NULL,
  role text NOT NULL CHECK (role IN ('operator', 'keyer', 'approver', 'auditor')),
  one_time boolean NOT NULL DEFAULT true,    -- the password must be changed at the next sign-in
  disabled boolean NOT NULL DEFAULT false
);
