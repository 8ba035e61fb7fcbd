-- About when the gateway last asked for a card or sent it; null while it never did. A card that
-- nobody asks for within a week is purged. Cards that were there before, and those that an older
-- vault still stores, count as used from then on: what may be in use is never taken for unused.
ALTER TABLE card ADD COLUMN last_used timestamptz DEFAULT now();

-- What is purged is found by its age.
CREATE INDEX card_unused_age ON card (created) WHERE last_used IS NULL;
CREATE INDEX card_last_used ON card (last_used) WHERE last_used IS NOT NULL;
