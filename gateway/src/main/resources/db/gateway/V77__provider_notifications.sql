-- What providers told by themselves, verified by the vault; stored before it is acknowledged. The id
-- is made of the provider's own name for it, so that a second copy finds the first. One with a time
-- in due is still worked on; while a gateway does, it moves due ahead, which is its lease.
CREATE TABLE provider_notifications (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  provider text NOT NULL,
  state    text NOT NULL, -- open, done, unmatched (about nothing of ours), left (to a person)
  due      timestamptz,
  tries    integer NOT NULL,
  note     text,          -- why it was left, for that person
  doc      jsonb NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX provider_notifications_due ON provider_notifications (due) WHERE due IS NOT NULL;
CREATE INDEX provider_notifications_left ON provider_notifications (created) WHERE state = 'left';
CREATE INDEX provider_notifications_created ON provider_notifications (created);

-- A notification names an operation by the provider's own name for it.
CREATE INDEX provider_operations_by_reference
  ON provider_operations (account, (doc->>'provider_reference'))
  WHERE doc->>'provider_reference' IS NOT NULL;
