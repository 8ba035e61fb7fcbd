-- Calls of an hour to a provider account, by where the cards were issued and their brand. traffic and
-- answered have a bit for each minute of the hour: with a call, with a call that was answered.
CREATE TABLE provider_hours (
  account    text COLLATE "C" NOT NULL,
  livemode   boolean NOT NULL,
  provider   text NOT NULL,
  hour       timestamptz NOT NULL,
  region     text NOT NULL,
  brand      text NOT NULL,
  calls      integer NOT NULL,
  unanswered integer NOT NULL,
  traffic    bigint NOT NULL,
  answered   bigint NOT NULL,
  PRIMARY KEY (account, livemode, provider, hour, region, brand)
);
CREATE INDEX provider_hours_by_age ON provider_hours (hour);

-- Until when a provider has shown that it is compliant (PCI DSS, its attestation of compliance), as
-- somebody has noted it.
CREATE TABLE provider_attestations (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  provider text NOT NULL,
  expires  date NOT NULL,
  noted    timestamptz NOT NULL,
  noted_by text NOT NULL,
  PRIMARY KEY (account, livemode, provider)
);
