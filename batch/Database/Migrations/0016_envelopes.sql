-- R96: one form of a postal code, whatever the feed's; none (withheld) where the register has none.
UPDATE resident SET postal_code = replace(postal_code, '-', ''), delivery_postal_code = replace(delivery_postal_code, '-', '')
WHERE postal_code LIKE '%-%' OR delivery_postal_code LIKE '%-%';
ALTER TABLE resident
  ADD CONSTRAINT postal_code_in_one_form CHECK (postal_code ~ '^([0-9]{7})?$'),
  ADD CONSTRAINT delivery_postal_code_in_one_form CHECK (delivery_postal_code ~ '^[0-9]{7}$');

-- R43: further envelopes of a piece whose people do not share one any more. They are no reprints.
ALTER TABLE piece
  ADD COLUMN split_from text REFERENCES piece,
  ADD CONSTRAINT split_is_no_reprint CHECK (split_from IS NULL OR replaces IS NULL);
CREATE INDEX notified_number_piece ON notified_number (piece_id);
