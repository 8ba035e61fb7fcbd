-- Each movement of the merchant's balance: a charge taken, a refund, an adjustment. Never updated.
CREATE TABLE balance_transactions (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  type     text NOT NULL,
  currency text NOT NULL,
  source   text COLLATE "C" NOT NULL,
  doc      text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX balance_transactions_by_source ON balance_transactions (account, source, id);

-- From when on a line counts as available. What was booked before there were times is.
ALTER TABLE ledger_lines ADD COLUMN available_on timestamptz NOT NULL DEFAULT '-infinity';
