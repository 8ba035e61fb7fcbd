-- How often a payment link has been paid: sessions that are complete, or that somebody has begun to
-- pay for, counted in the index alone. The condition is the query's own, word for word.
CREATE INDEX checkout_sessions_placed ON checkout_sessions (account, payment_link, status)
  WHERE payment_link IS NOT NULL AND (status = 'complete' OR attempted IS NOT NULL);

-- Since when a link that has been paid as often as it may be ends its open sessions; null before
-- that, and once it has none.
ALTER TABLE payment_links ADD COLUMN closing timestamptz;
CREATE INDEX payment_links_closing ON payment_links (closing) WHERE closing IS NOT NULL;
