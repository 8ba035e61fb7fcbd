-- How an account's hosted pages look, and the links that make sessions of their own.
CREATE TABLE page_brandings (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  doc      jsonb NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE TABLE payment_links (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  active   boolean NOT NULL,
  doc      jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
