-- A step's circuit breaker: failures of one class in a row without a part done in between.
ALTER TABLE step
  ADD COLUMN failures int NOT NULL DEFAULT 0,
  ADD COLUMN failure_class text,       -- SQLSTATE or exception type
  ADD COLUMN not_before timestamptz,   -- no work part is claimed earlier: what can pass is given time
  ADD COLUMN halted_by text;           -- the class that halted it: no work part is claimed until a person acts
