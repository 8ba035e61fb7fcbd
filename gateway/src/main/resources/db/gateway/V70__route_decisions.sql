-- Where each provider operation went, and why, from the commit that stores the operation on. The id
-- is the operation's, and begins with its time: the key alone serves who reads a stretch of time.
CREATE TABLE route_decisions (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  payment  text COLLATE "C" NOT NULL,
  provider text NOT NULL,
  attempt  integer NOT NULL,
  rules    integer NOT NULL,
  brand    text NOT NULL,
  region   text NOT NULL,
  currency text NOT NULL,
  amount   bigint NOT NULL,
  doc      jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX route_decisions_of_payment ON route_decisions (account, payment);

-- How it ended, in the commit that ends the operation; none while it is open.
CREATE TABLE route_outcomes (
  account      text COLLATE "C" NOT NULL,
  livemode     boolean NOT NULL,
  id           text COLLATE "C" NOT NULL,
  version      integer NOT NULL,
  created      timestamptz NOT NULL,
  outcome      text NOT NULL CHECK (outcome IN ('approved', 'declined', 'rejected')),
  decline_code text,
  latency_ms   integer,
  PRIMARY KEY (account, id)
);
