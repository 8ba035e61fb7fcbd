-- A database that was restored has forgotten what its providers know. One row for each restore:
-- until it is resumed, nothing is sent to a provider but questions. due is the lease of the gateway
-- that reconciles; report says what it found, and how many differences a person must accept.
CREATE TABLE recoveries (
  id          text COLLATE "C" PRIMARY KEY,
  backup_at   timestamptz NOT NULL,
  restored_at timestamptz NOT NULL,
  state       text NOT NULL CHECK (state IN ('paused', 'reconciling', 'reconciled', 'resumed')),
  due         timestamptz NOT NULL DEFAULT '-infinity',
  report      jsonb NOT NULL DEFAULT '{}'
);

-- What a provider knows and the gateway does not, or knows otherwise. Kept for good.
CREATE TABLE recovery_findings (
  account     text COLLATE "C" NOT NULL,
  livemode    boolean NOT NULL,
  recovery    text COLLATE "C" NOT NULL,
  connector   text NOT NULL,
  reference   text COLLATE "C" NOT NULL,
  verdict     text NOT NULL CHECK (verdict IN ('unknown', 'different')),
  kind        text NOT NULL,
  status      text NOT NULL,
  amount      bigint NOT NULL,
  currency    text NOT NULL,
  last4       text,
  at          timestamptz NOT NULL,
  provider_id text NOT NULL,
  belongs_to  text,
  PRIMARY KEY (account, recovery, livemode, connector, reference)
);
