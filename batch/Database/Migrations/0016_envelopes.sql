-- R96: one form of a postal code, whatever the feed's; none (withheld) where the register has none.
UPDATE resident SET postal_code = replace(postal_code, '-', ''), delivery_postal_code = replace(delivery_postal_code, '-', '')
WHERE postal_code LIKE '%-%' OR delivery_postal_code LIKE '%-%';
ALTER TABLE resident
  ADD CONSTRAINT postal_code_in_one_form CHECK (postal_code ~ '^([0-9]{7})?$'),
  ADD CONSTRAINT delivery_postal_code_in_one_form CHECK (delivery_postal_code ~ '^[0-9]{7}$');
