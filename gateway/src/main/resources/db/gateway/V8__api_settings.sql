-- What an account has chosen for its use of the API, in each mode: id is test or live.
CREATE TABLE api_settings (
  account     text COLLATE "C" NOT NULL,
  livemode    boolean NOT NULL,
  id          text COLLATE "C" NOT NULL,
  version     integer NOT NULL,
  created     timestamptz NOT NULL,
  api_version text NOT NULL,
  PRIMARY KEY (account, id)
);
