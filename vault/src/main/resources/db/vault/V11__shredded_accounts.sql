-- Accounts whose data keys were destroyed, each in one mode: their cards open no more, and no new
-- key is made for them. A row is never taken back.
CREATE TABLE shredded_account (
  account  text COLLATE "C" NOT NULL,
  livemode boolean          NOT NULL,
  at       timestamptz      NOT NULL,
  PRIMARY KEY (account, livemode)
);
