-- Charges that a merchant put into one group, found by it.
ALTER TABLE charges ADD COLUMN transfer_group text COLLATE "C";
UPDATE charges SET transfer_group = doc #>> '{facts,transfer_group}'
  WHERE doc #>> '{facts,transfer_group}' IS NOT NULL;
CREATE INDEX charges_by_transfer_group ON charges (account, transfer_group, id)
  WHERE transfer_group IS NOT NULL;
