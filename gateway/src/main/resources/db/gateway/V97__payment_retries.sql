-- What a gateway is going to try again by itself: a merchant's own charge that was declined softly,
-- from the commit that settles the decline on. The id is the declined operation's. A gateway that
-- takes one moves due ahead, which is its lease; the commit that begins the retry ends the row.
CREATE TABLE payment_retries (
  account   text COLLATE "C" NOT NULL,
  livemode  boolean NOT NULL,
  id        text COLLATE "C" NOT NULL,
  version   integer NOT NULL,
  created   timestamptz NOT NULL,
  payment   text COLLATE "C" NOT NULL,
  number    integer NOT NULL, -- which retry of the first decline it is, from 1
  first     timestamptz NOT NULL, -- when that was declined
  reason    text NOT NULL,
  planned   timestamptz NOT NULL,
  state     text NOT NULL CHECK (state IN ('planned', 'begun', 'dropped')),
  due       timestamptz, -- null once it is over
  operation text COLLATE "C", -- of the retry, once it has begun
  ended     text, -- why it was dropped
  PRIMARY KEY (account, id)
);
CREATE INDEX payment_retries_due ON payment_retries (due) WHERE due IS NOT NULL;
CREATE INDEX payment_retries_of_payment ON payment_retries (account, payment);
