-- The versions of an account's routing rules: proposed once, and never changed.
CREATE TABLE routing_rules (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  version  integer NOT NULL CHECK (version > 0),
  created  timestamptz NOT NULL,
  author   text NOT NULL,
  doc      text NOT NULL,
  PRIMARY KEY (account, livemode, version)
);

-- Which version routed from when on: the newest row says which one does. To go back is one more.
CREATE TABLE routing_activations (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  seq      integer NOT NULL CHECK (seq > 0),
  version  integer NOT NULL CHECK (version >= 0), -- 0: no rules
  at       timestamptz NOT NULL,
  author   text NOT NULL,
  PRIMARY KEY (account, livemode, seq)
);
