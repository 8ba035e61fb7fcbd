-- What a provider said of a dispute and this program did not understand, as it came. id is a digest
-- of it. A later version of the program may understand it.
CREATE TABLE dispute_notices_aside (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  feed     text COLLATE "C" NOT NULL,
  id       text COLLATE "C" NOT NULL,
  created  timestamptz NOT NULL,
  notice   text NOT NULL,
  PRIMARY KEY (account, livemode, feed, id)
);
