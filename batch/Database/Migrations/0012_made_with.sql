-- What made a file, where that decides its bytes beside rows: templates and fonts of a PDF, each with its version (JSON).
-- Null: rows alone made it, or it was made before this was kept.
ALTER TABLE file ADD COLUMN made_with text;
