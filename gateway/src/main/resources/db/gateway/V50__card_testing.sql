-- The first digits of a card, for those who look for card testing; null for what was stored before.
ALTER TABLE payment_methods ADD COLUMN bin text;

-- What is known of attempts that have something in common: a card, an address, a BIN ... A row
-- without a time in paused_until is calm, and is deleted a day after its last change.
CREATE TABLE risk_watches (
  account      text COLLATE "C" NOT NULL,
  livemode     boolean NOT NULL,
  kind         text COLLATE "C" NOT NULL,
  name         text COLLATE "C" NOT NULL,
  points       integer NOT NULL,
  updated      timestamptz NOT NULL,
  paused_until timestamptz,
  relapses     integer NOT NULL,
  good         integer NOT NULL,
  bad          integer NOT NULL,
  alarmed      timestamptz,
  PRIMARY KEY (account, livemode, kind, name)
);
CREATE INDEX risk_watches_alarmed ON risk_watches (account) WHERE paused_until IS NOT NULL;
CREATE INDEX risk_watches_by_age ON risk_watches (updated);

-- Cards that an account has charged or set up before: they are never refused for what others do.
CREATE TABLE risk_cards (
  account     text COLLATE "C" NOT NULL,
  livemode    boolean NOT NULL,
  fingerprint text COLLATE "C" NOT NULL,
  approved    timestamptz NOT NULL,
  PRIMARY KEY (account, livemode, fingerprint)
);
CREATE INDEX risk_cards_by_age ON risk_cards (approved);

INSERT INTO risk_cards
  SELECT account, livemode, doc #>> '{facts,payment_method_details,card,fingerprint}', max(created)
  FROM charges
  WHERE doc->>'status' = 'succeeded'
    AND doc #>> '{facts,payment_method_details,card,fingerprint}' IS NOT NULL
  GROUP BY 1, 2, 3;

CREATE TABLE risk_alerts (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  scope    text COLLATE "C" NOT NULL,
  active   boolean NOT NULL,
  doc      jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX risk_alerts_active ON risk_alerts (account, livemode, scope, id) WHERE active;
