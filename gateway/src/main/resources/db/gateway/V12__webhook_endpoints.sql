-- Who wants to be told of events. The secret lies in doc, sealed under the gateway's key and bound
-- to account and id. The slot bounds how many there are, also for requests at the same moment.

CREATE TABLE webhook_endpoints (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  slot     smallint CHECK (slot BETWEEN 1 AND 16),
  deleted  boolean NOT NULL,
  doc      jsonb NOT NULL,
  PRIMARY KEY (account, id),
  CHECK (deleted = (slot IS NULL))
);
CREATE UNIQUE INDEX webhook_endpoints_by_slot ON webhook_endpoints (account, livemode, slot);
