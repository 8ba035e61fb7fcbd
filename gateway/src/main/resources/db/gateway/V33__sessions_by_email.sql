-- Checkout sessions of a shopper who is known by an address for mail alone: its keyed hash.
ALTER TABLE checkout_sessions ADD COLUMN email text COLLATE "C";
CREATE INDEX checkout_sessions_by_email ON checkout_sessions (account, email, id)
  WHERE email IS NOT NULL;
