-- Data keys that seal nothing any more and still open what was sealed under them, until a rotation
-- has moved it; then they are destroyed.
create table retired_data_key (
  account    text collate "C" not null,
  livemode   boolean          not null,
  period     integer          not null,
  id         text collate "C" not null,
  master_key text             not null,
  wrapped    bytea            not null,
  created    timestamptz      not null,
  retired    timestamptz      not null,
  primary key (account, id)
);
create index retired_data_key_age on retired_data_key (retired);

-- Rotations, of which one runs at a time. "statement" is what the tables held when it ended.
create table key_rotation (
  id         text collate "C" primary key,
  kind       text        not null check (kind in ('master', 'data')),
  account    text collate "C",
  state      text        not null check (state in ('running', 'done', 'incomplete')),
  started_by text        not null,
  started    timestamptz not null,
  finished   timestamptz,
  total      bigint      not null,
  moved      bigint      not null default 0,
  statement  text
);
create unique index key_rotation_running on key_rotation ((true)) where state = 'running';

-- Since when each master key is used, so that the end of its cryptoperiod is seen.
create table master_key_seen (
  id         text collate "C" primary key,
  first_seen timestamptz not null
);
