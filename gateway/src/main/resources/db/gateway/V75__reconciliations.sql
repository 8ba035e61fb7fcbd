-- What a provider reports of its day, compared with what is known here. A run reads one report, in
-- order and in parts: read says how many records of it were taken, cursor where a feed goes on.
CREATE TABLE reconciliation_runs (
  account    text COLLATE "C" NOT NULL,
  livemode   boolean NOT NULL,
  id         text COLLATE "C" NOT NULL,
  created    timestamptz NOT NULL,
  created_by text NOT NULL,
  provider   text NOT NULL,
  day        date NOT NULL,
  source     text NOT NULL,
  state      text NOT NULL CHECK (state IN ('reading', 'done')),
  read       integer NOT NULL DEFAULT 0,
  cursor     text NOT NULL DEFAULT '',
  columns    jsonb,
  finished   timestamptz,
  report     jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (account, id)
);
CREATE INDEX reconciliation_runs_by_day ON reconciliation_runs (account, livemode, provider, day);

-- What providers have reported, one row for each movement by the provider's own name for it: the
-- same report again changes nothing, and parts of one movement may come on several days. operation
-- is ours that it is about; null while none is known.
CREATE TABLE reconciliation_lines (
  account     text COLLATE "C" NOT NULL,
  livemode    boolean NOT NULL,
  provider    text NOT NULL,
  line        text COLLATE "C" NOT NULL,
  run         text COLLATE "C" NOT NULL,
  day         date NOT NULL,
  kind        text NOT NULL,
  reference   text COLLATE "C",
  provider_id text COLLATE "C",
  parent      text COLLATE "C",
  amount      bigint NOT NULL,
  currency    text NOT NULL,
  operation   text COLLATE "C",
  PRIMARY KEY (account, livemode, provider, line)
);
CREATE INDEX reconciliation_lines_of_run ON reconciliation_lines (account, run);
CREATE INDEX reconciliation_lines_of_operation ON reconciliation_lines (account, operation)
  WHERE operation IS NOT NULL;

-- What differs, until a person settles it or a later report explains it. subject is the operation,
-- or the line of the report that no operation is known for.
CREATE TABLE reconciliation_items (
  account        text COLLATE "C" NOT NULL,
  livemode       boolean NOT NULL,
  id             text COLLATE "C" NOT NULL,
  created        timestamptz NOT NULL,
  provider       text NOT NULL,
  subject        text COLLATE "C" NOT NULL,
  run            text COLLATE "C" NOT NULL,
  day            date NOT NULL,
  verdict        text NOT NULL CHECK (verdict IN
    ('missing_here', 'missing_there', 'amount_differs', 'currency_differs')),
  kind           text NOT NULL,
  operation      text COLLATE "C",
  provider_id    text,
  our_amount     bigint,
  our_currency   text,
  their_amount   bigint,
  their_currency text,
  state          text NOT NULL CHECK (state IN ('open', 'explained', 'settled')),
  settled_by     text,
  settled_at     timestamptz,
  reason         text,
  PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX reconciliation_items_by_subject
  ON reconciliation_items (account, livemode, provider, subject);
CREATE INDEX reconciliation_items_open ON reconciliation_items (account, livemode, id)
  WHERE state = 'open';
