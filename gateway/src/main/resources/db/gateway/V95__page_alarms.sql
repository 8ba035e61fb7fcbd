-- A change of our own pages, which are everybody's: of all accounts and modes some hundreds are told
-- at a time, in their order. told_account and told_livemode say who was told last; while a gateway
-- tells some it moves due ahead, and where all were told there is none.
CREATE TABLE page_alarms (
  id            text COLLATE "C" NOT NULL PRIMARY KEY,
  created       timestamptz NOT NULL,
  told_account  text COLLATE "C" NOT NULL,
  told_livemode boolean NOT NULL,
  due           timestamptz,
  doc           json NOT NULL
);
CREATE INDEX page_alarms_due ON page_alarms (due) WHERE due IS NOT NULL;
