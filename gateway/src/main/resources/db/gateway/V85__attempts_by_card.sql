-- Networks count how often a card is tried by a merchant, at whichever provider. The fingerprint is
-- of chance and says nothing of the number.
ALTER TABLE route_decisions ADD COLUMN card text COLLATE "C";
CREATE INDEX route_decisions_of_card ON route_decisions (account, card, created)
  WHERE card IS NOT NULL;
