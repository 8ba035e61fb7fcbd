-- How many sessions have a place of a payment link at most: whoever takes one writes the next
-- version, and they are counted only when it says that there may be none left. The id is the
-- link's.
CREATE TABLE payment_link_places (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  taken    integer NOT NULL,
  PRIMARY KEY (account, id)
);

-- When a shopper first began to pay; who began before this was noted counts from their last attempt.
ALTER TABLE checkout_sessions ADD COLUMN placed timestamptz;
CREATE INDEX checkout_sessions_giving_way
  ON checkout_sessions (account, payment_link, (coalesce(placed, attempted)), id)
  WHERE payment_link IS NOT NULL AND status = 'open' AND attempted IS NOT NULL;
