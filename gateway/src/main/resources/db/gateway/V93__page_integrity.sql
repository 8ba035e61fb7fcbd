-- What browsers reported that the policy of a hosted page has stopped, one row for each page,
-- directive and origin. Anybody can send such a report: the rows are few, and the oldest go.
CREATE TABLE page_reports (
  page      text COLLATE "C" NOT NULL,
  directive text COLLATE "C" NOT NULL,
  blocked   text COLLATE "C" NOT NULL,
  count     bigint NOT NULL,
  first     timestamptz NOT NULL,
  last      timestamptz NOT NULL,
  PRIMARY KEY (page, directive, blocked)
);

-- Pages that are fetched now and then and compared with what was approved of them: our own, which
-- belong to no account (an empty one), and merchants' own, which have the card fields in them.
-- While a gateway looks at one it moves due ahead, which is its lease. since and told say what was
-- noticed last, so that each change is told once; doc is what was seen last, and what differs in it.
CREATE TABLE watched_pages (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  created  timestamptz NOT NULL,
  url      text NOT NULL,
  note     text NOT NULL,
  added_by text NOT NULL,
  due      timestamptz NOT NULL,
  checked  timestamptz,
  good     timestamptz,
  state    text NOT NULL, -- waiting (not looked at, or not approved yet), same, changed
  failures integer NOT NULL,
  since    timestamptz,
  told     text,
  doc      jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX watched_pages_due ON watched_pages (due);

-- What a person has approved of a page, the newest version of which counts: what was seen, and what
-- the release of that time served by itself (nothing, of a merchant's page). Kept for good.
CREATE TABLE page_approvals (
  account     text COLLATE "C" NOT NULL,
  page        text COLLATE "C" NOT NULL,
  version     integer NOT NULL,
  created     timestamptz NOT NULL,
  approved_by text NOT NULL,
  doc         jsonb NOT NULL,
  PRIMARY KEY (account, page, version)
);

-- What each release that runs serves by itself: during an upgrade there are two.
CREATE TABLE page_releases (
  page        text COLLATE "C" NOT NULL,
  fingerprint text COLLATE "C" NOT NULL,
  seen        timestamptz NOT NULL,
  doc         jsonb NOT NULL,
  PRIMARY KEY (page, fingerprint)
);

-- What an account was told of a page's change; the id is made of the change, so that it is told once.
CREATE TABLE page_changes (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  doc      jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX page_changes_by_age ON page_changes USING brin (created);
