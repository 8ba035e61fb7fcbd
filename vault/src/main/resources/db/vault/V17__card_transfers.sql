-- The vault's own OpenPGP keys, by which others encrypt cards for it. "sealed" is the private part,
-- under a data key of the administration and bound to the row; older keys still open older files.
create table openpgp_key (
  account     text collate "C" not null,
  livemode    boolean          not null,
  fingerprint text collate "C" not null,
  ring        bytea            not null,
  data_key    text collate "C" not null,
  sealed      bytea            not null,
  created     timestamptz      not null,
  created_by  text collate "C" not null,
  primary key (account, fingerprint)
);
create index openpgp_key_key on openpgp_key (account, data_key);

-- Cards in bulk, in and out. An import's file and an export's parts lie, encrypted, in the folder of
-- the vault that "place" names; "position" is the last line or the last part that is done.
create table card_transfer (
  account      text collate "C" not null,
  id           text collate "C" not null,
  livemode     boolean          not null,
  kind         text        not null check (kind in ('import', 'export')),
  state        text        not null check (state in ('receiving', 'checking', 'checked', 'refused',
                 'proposed', 'running', 'done', 'incomplete', 'failed', 'abandoned')),
  place        text collate "C" not null,
  purpose      text        not null,
  created      timestamptz not null,
  created_by   text collate "C" not null,
  confirmed_by text collate "C",
  change       text collate "C",
  started      timestamptz,
  finished     timestamptz,
  bytes        bigint,
  digest       text,
  recipient    bytea,
  fingerprint  text,
  created_from timestamptz,
  created_to   timestamptz,
  total        bigint,
  position     bigint      not null default 0,
  moved        bigint      not null default 0,
  last_id      text collate "C",
  findings     text,
  report       text,
  primary key (account, id),
  check (confirmed_by is null or confirmed_by <> created_by)
);
create index card_transfer_open on card_transfer (place)
  where state in ('receiving', 'checking', 'checked', 'proposed', 'running');

-- What became of each line of an import: a card, or why not. Its values are nowhere but in the card.
create table card_transfer_line (
  account  text collate "C" not null,
  transfer text collate "C" not null,
  line     bigint           not null,
  old_id   text,
  customer text,
  card     text collate "C",
  reason   text,
  primary key (account, transfer, line),
  check ((card is null) <> (reason is null))
);

-- The files of an export. A card is in one of them, and a part counts once it is whole on the disk.
create table card_transfer_part (
  account  text collate "C" not null,
  transfer text collate "C" not null,
  number   integer          not null check (number > 0),
  cards    bigint           not null,
  bytes    bigint           not null,
  digest   text             not null,
  last_id  text collate "C" not null,
  made     timestamptz      not null,
  removed  timestamptz,
  primary key (account, transfer, number)
);

-- Which import a card came with. What stands beside an imported card waits for its first use, which
-- may be a year's subscription away; what was typed on a page goes after a week as before.
alter table card add column transfer text collate "C";
create index card_typed_details_age on card (created) where details is not null and transfer is null;
drop index card_details_age;
