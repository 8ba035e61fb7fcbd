-- What shoppers are asked to pay for. An open session is found by the time at which it ends.
CREATE TABLE checkout_sessions (
  account        text COLLATE "C" NOT NULL,
  livemode       boolean NOT NULL,
  id             text COLLATE "C" NOT NULL,
  version        integer NOT NULL,
  created        timestamptz NOT NULL,
  customer       text COLLATE "C",
  payment_intent text COLLATE "C",
  status         text NOT NULL,
  expires        timestamptz NOT NULL,
  doc            jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX checkout_sessions_by_customer ON checkout_sessions (account, customer, id)
  WHERE customer IS NOT NULL;
CREATE INDEX checkout_sessions_by_payment_intent ON checkout_sessions (account, payment_intent, id)
  WHERE payment_intent IS NOT NULL;
CREATE INDEX checkout_sessions_due ON checkout_sessions (expires) WHERE status = 'open';
