-- What retention has deleted (R48): the record that it was there, and when it went, stays.
ALTER TABLE feed ADD COLUMN deleted_on date;
ALTER TABLE file ADD COLUMN deleted_on date;
