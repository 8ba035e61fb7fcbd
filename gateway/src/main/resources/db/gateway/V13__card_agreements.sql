-- Under which network transaction a card was stored for later, by a set-up or by a payment that
-- said so: a merchant's own charge names the newest.
CREATE TABLE card_agreements (
  account                text COLLATE "C" NOT NULL,
  livemode               boolean NOT NULL,
  id                     text COLLATE "C" NOT NULL,
  version                integer NOT NULL,
  created                timestamptz NOT NULL,
  payment_method         text COLLATE "C" NOT NULL,
  network_transaction_id text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX card_agreements_by_payment_method ON card_agreements (account, payment_method, id);

INSERT INTO card_agreements
  SELECT account, livemode, id, 1, created, payment_method, doc->>'network_transaction_id'
  FROM setup_intents
  WHERE status = 'succeeded' AND payment_method IS NOT NULL AND doc ? 'network_transaction_id';
