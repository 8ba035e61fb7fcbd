-- The outbox: who is to be told of which event. A row is made by the statement that writes the event,
-- so that there is one exactly if the event was committed (ADR 12). What is sent is built of the
-- event's row each time and stored nowhere else.

-- Since when an endpoint wants each type, in microseconds since 1970; empty while it is disabled. A
-- column of its own, so that the journal's statement reads it and not the whole document.
ALTER TABLE webhook_endpoints ADD COLUMN wanted jsonb GENERATED ALWAYS AS (doc->'wanted') STORED;
ALTER TABLE webhook_endpoints DROP CONSTRAINT webhook_endpoints_slot_check;
ALTER TABLE webhook_endpoints ADD CONSTRAINT webhook_endpoints_slot_check
  CHECK (slot BETWEEN 1 AND 32);

CREATE TABLE webhook_deliveries (
  account        text COLLATE "C" NOT NULL,
  livemode       boolean NOT NULL,
  event          text COLLATE "C" NOT NULL,
  endpoint       text COLLATE "C" NOT NULL,
  created        timestamptz NOT NULL, -- when the event happened
  type           text NOT NULL,
  object         text COLLATE "C" NOT NULL,
  object_version integer NOT NULL,
  state          text NOT NULL,        -- waiting, delivered, failed (given up), canceled
  attempts       integer NOT NULL,     -- begun so far
  step           integer NOT NULL,     -- of the schedule; sending again begins it anew
  due            timestamptz NOT NULL, -- the next attempt; while one is under way, its lease's end
  claimed_until  timestamptz,          -- the lease of the attempt that is under way
  ended          timestamptz,
  PRIMARY KEY (account, event, endpoint)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
-- What is claimed by: each endpoint's backlog is a stretch of its own, which nobody else reads.
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (endpoint, due)
  WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (account, endpoint, event);
CREATE INDEX webhook_deliveries_created ON webhook_deliveries (created);

CREATE TABLE webhook_attempts (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  event    text COLLATE "C" NOT NULL,
  endpoint text COLLATE "C" NOT NULL,
  number   integer NOT NULL,
  begun    timestamptz NOT NULL,
  millis   integer NOT NULL,
  outcome  text NOT NULL, -- delivered, refused (a status that is none of 2xx), not_sent, no_answer
  status   integer,       -- of HTTP, if an answer came
  reason   text,          -- why none came
  answer   text,          -- how it begins, 1 KiB at most, without keys and card numbers
  secrets  integer NOT NULL, -- how many signed: two while one is rolled
  PRIMARY KEY (account, event, endpoint, number)
);
CREATE INDEX webhook_attempts_begun ON webhook_attempts (begun);

-- How endpoints do, where that is not well; all gateways see it.
CREATE TABLE webhook_endpoint_health (
  account       text COLLATE "C" NOT NULL,
  livemode      boolean NOT NULL,
  endpoint      text COLLATE "C" NOT NULL,
  failing_since timestamptz, -- every attempt since has failed
  paused_until  timestamptz, -- it asked for fewer
  PRIMARY KEY (account, endpoint)
);
