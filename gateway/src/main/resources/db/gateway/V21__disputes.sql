-- Charges whose money a bank asks about or has taken back. reference is the provider's name for it.
CREATE TABLE disputes (
  account        text COLLATE "C" NOT NULL,
  livemode       boolean NOT NULL,
  id             text COLLATE "C" NOT NULL,
  version        integer NOT NULL,
  created        timestamptz NOT NULL,
  charge         text COLLATE "C" NOT NULL,
  payment_intent text COLLATE "C" NOT NULL,
  reference      text COLLATE "C" NOT NULL,
  doc            jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX disputes_by_reference ON disputes (account, livemode, reference);
CREATE INDEX disputes_by_charge ON disputes (account, charge, id);
CREATE INDEX disputes_by_payment_intent ON disputes (account, payment_intent, id);

-- How far the disputes of an account at a provider have been read; id is the provider's name. The
-- gateway that reads them moves due ahead, which is its lease. waiting holds what came before the
-- charge that it is about was known.
CREATE TABLE provider_feeds (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  cursor   text NOT NULL,
  due      timestamptz NOT NULL,
  waiting  jsonb NOT NULL,
  PRIMARY KEY (account, livemode, id)
);
