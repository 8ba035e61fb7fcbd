-- What shoppers have agreed to be charged for later, by the card that was made ready under it.
CREATE TABLE mandates (
  account        text COLLATE "C" NOT NULL,
  livemode       boolean NOT NULL,
  id             text COLLATE "C" NOT NULL,
  version        integer NOT NULL,
  created        timestamptz NOT NULL,
  payment_method text COLLATE "C" NOT NULL,
  doc            jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX mandates_by_payment_method ON mandates (account, payment_method);
