-- The requests of the API, for 30 days. Many rows and few readers: the index by age is a coarse one.
CREATE TABLE request_logs (
  account     text COLLATE "C" NOT NULL,
  livemode    boolean NOT NULL,
  id          text COLLATE "C" NOT NULL,
  created     timestamptz NOT NULL,
  method      text NOT NULL,
  path        text NOT NULL,
  status      integer NOT NULL,
  micros      bigint NOT NULL,
  api_key     text NOT NULL,
  api_version text NOT NULL,
  address     text NOT NULL,
  user_agent  text NOT NULL,
  parameters  text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX request_logs_by_age ON request_logs USING brin (created);
