-- That an account was told of what could be better about a key: the id says which key, what and in
-- which thirty days, so that of several gateways one tells.
CREATE TABLE api_key_reminders (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  api_key  text COLLATE "C" NOT NULL,
  PRIMARY KEY (account, id)
);
