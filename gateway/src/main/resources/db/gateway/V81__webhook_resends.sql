-- What was asked to be told once more, many at once: a gateway goes through the endpoint's deliveries
-- from the cursor on, some at a time, until the end of the range.
CREATE TABLE webhook_resends (
  account     text COLLATE "C" NOT NULL,
  livemode    boolean NOT NULL,
  id          text COLLATE "C" NOT NULL,
  version     integer NOT NULL,
  created     timestamptz NOT NULL,
  endpoint    text COLLATE "C" NOT NULL,
  since       timestamptz NOT NULL, -- of events that happened then or later
  until       timestamptz NOT NULL, -- and before that
  failed_only boolean NOT NULL,
  seen        text COLLATE "C" NOT NULL, -- the last event that was looked at
  ended       timestamptz,
  PRIMARY KEY (account, id)
);
CREATE INDEX webhook_resends_open ON webhook_resends (created) WHERE ended IS NULL;
