-- How many visitors of a payment link have not begun to pay: strangers make these sessions.
ALTER TABLE checkout_sessions ADD COLUMN payment_link text COLLATE "C";
CREATE INDEX checkout_sessions_by_link ON checkout_sessions (account, payment_link)
  WHERE status = 'open' AND payment_link IS NOT NULL AND attempted IS NULL;
