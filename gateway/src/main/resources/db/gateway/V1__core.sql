-- The gateway's tables. Each key leads with the account, so that the tables can be sharded by it.
-- Ids sort by age: COLLATE "C" makes the index agree. Every object lies in doc; a column beside it
-- is there because something selects by it. Every change comes through the journal and raises the
-- row's version by one.

CREATE TABLE accounts (
  id      text COLLATE "C" PRIMARY KEY,
  created timestamptz NOT NULL DEFAULT now()
);

-- Only a keyed hash of each key is kept; hint is its redacted form.
CREATE TABLE api_keys (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  kind     text NOT NULL,
  hash     text COLLATE "C" NOT NULL,
  hint     text NOT NULL,
  revoked  boolean NOT NULL DEFAULT false,
  PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (hash);

CREATE TABLE customers (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  email    text,
  deleted  boolean NOT NULL DEFAULT false,
  doc      jsonb NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE TABLE payment_methods (
  account     text COLLATE "C" NOT NULL,
  livemode    boolean NOT NULL,
  id          text COLLATE "C" NOT NULL,
  version     integer NOT NULL,
  created     timestamptz NOT NULL,
  customer    text COLLATE "C",
  type        text NOT NULL,
  doc         jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX payment_methods_by_customer ON payment_methods (account, customer, id)
  WHERE customer IS NOT NULL;

CREATE TABLE payment_intents (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  customer text COLLATE "C",
  status   text NOT NULL,
  doc      jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX payment_intents_by_customer ON payment_intents (account, customer, id)
  WHERE customer IS NOT NULL;

CREATE TABLE setup_intents (
  account        text COLLATE "C" NOT NULL,
  livemode       boolean NOT NULL,
  id             text COLLATE "C" NOT NULL,
  version        integer NOT NULL,
  created        timestamptz NOT NULL,
  customer       text COLLATE "C",
  payment_method text COLLATE "C",
  status         text NOT NULL,
  doc            jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX setup_intents_by_customer ON setup_intents (account, customer, id)
  WHERE customer IS NOT NULL;
CREATE INDEX setup_intents_by_payment_method ON setup_intents (account, payment_method, id)
  WHERE payment_method IS NOT NULL;

CREATE TABLE charges (
  account        text COLLATE "C" NOT NULL,
  livemode       boolean NOT NULL,
  id             text COLLATE "C" NOT NULL,
  version        integer NOT NULL,
  created        timestamptz NOT NULL,
  payment_intent text COLLATE "C" NOT NULL,
  customer       text COLLATE "C",
  doc            jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX charges_by_payment_intent ON charges (account, payment_intent, id);
CREATE INDEX charges_by_customer ON charges (account, customer, id) WHERE customer IS NOT NULL;

CREATE TABLE refunds (
  account        text COLLATE "C" NOT NULL,
  livemode       boolean NOT NULL,
  id             text COLLATE "C" NOT NULL,
  version        integer NOT NULL,
  created        timestamptz NOT NULL,
  payment_intent text COLLATE "C" NOT NULL,
  charge         text COLLATE "C" NOT NULL,
  doc            jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX refunds_by_charge ON refunds (account, charge, id);
CREATE INDEX refunds_by_payment_intent ON refunds (account, payment_intent, id);

-- What a provider was, is or will be asked to do; stored before it is asked. An operation with a
-- time in due has no definite answer, and the resolver looks at it then; while it works on one it
-- moves due ahead, which is its lease.
CREATE TABLE provider_operations (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  object   text COLLATE "C" NOT NULL,
  state    text NOT NULL,
  due      timestamptz,
  doc      jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX provider_operations_due ON provider_operations (due) WHERE due IS NOT NULL;
CREATE INDEX provider_operations_by_object ON provider_operations (account, object, id);

-- What happened, with the object as it was then (in its stored form; doc is rendered when asked
-- for), and the outbox: claimed by state, for commit order is not id order.
CREATE TABLE events (
  account         text COLLATE "C" NOT NULL,
  livemode        boolean NOT NULL,
  id              text COLLATE "C" NOT NULL,
  version         integer NOT NULL,
  created         timestamptz NOT NULL,
  type            text NOT NULL,
  object_type     text NOT NULL,
  object          text COLLATE "C" NOT NULL,
  object_version  integer NOT NULL,
  request         text,
  idempotency_key text,
  state           text NOT NULL,
  previous        jsonb,
  doc             jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX events_by_type ON events (account, livemode, type, id);

-- Double entry: the lines of one transaction sum to zero in each currency. Debits are positive.
CREATE TABLE ledger_lines (
  account        text COLLATE "C" NOT NULL,
  livemode       boolean NOT NULL,
  id             text COLLATE "C" NOT NULL,
  version        integer NOT NULL,
  created        timestamptz NOT NULL,
  ledger_account text NOT NULL,
  currency       text NOT NULL,
  amount         bigint NOT NULL,
  source         text COLLATE "C" NOT NULL,
  PRIMARY KEY (account, id)
);

-- id is the mode's letter and the client's key, so that a key of one mode says nothing of the other.
CREATE TABLE idempotency_keys (
  account     text COLLATE "C" NOT NULL,
  livemode    boolean NOT NULL,
  id          text COLLATE "C" NOT NULL,
  version     integer NOT NULL,
  created     timestamptz NOT NULL,
  fingerprint text NOT NULL,
  request     text NOT NULL,
  status      integer,
  body        text,
  PRIMARY KEY (account, id)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created);

-- One row for each commit of the journal: after a connection lost at COMMIT it tells what became of it.
CREATE TABLE journal_batches (
  id      text COLLATE "C" PRIMARY KEY,
  created timestamptz NOT NULL,
  void    boolean NOT NULL
);
CREATE INDEX journal_batches_by_age ON journal_batches (created);
