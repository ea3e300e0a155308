-- So many items of a plan or a close failed that its step halted; a person who has looked may let them be left out all the
-- same (`skip`): the part is then worked without the limit.
ALTER TABLE part ADD COLUMN without_item_limit boolean NOT NULL DEFAULT false;
