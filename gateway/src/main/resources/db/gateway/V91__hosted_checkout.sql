-- The page of a checkout session: its intent, and since when a shopper's attempt to pay awaits its
-- end, so that a session is completed though nobody looks at its page any more.
ALTER TABLE checkout_sessions ADD COLUMN setup_intent text COLLATE "C";
ALTER TABLE checkout_sessions ADD COLUMN attempted timestamptz;
CREATE INDEX checkout_sessions_attempted ON checkout_sessions (attempted)
  WHERE attempted IS NOT NULL;

-- The publishable key that an account's hosted pages have in a mode, sealed.
CREATE TABLE page_keys (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  key      text COLLATE "C",
  secret   text,
  PRIMARY KEY (account, id)
);
