-- The keys of cards' fingerprints, sealed. The one with the highest version is used; an older one is
-- kept until every card is known by the newest, and for a time after that.
create table fingerprint_key (
  version  integer          primary key check (version > 0),
  account  text collate "C" not null,
  livemode boolean          not null,
  data_key text collate "C" not null,
  sealed   bytea            not null,
  created  timestamptz      not null,
  retired  timestamptz
);

-- By what a card is known again: a keyed hash of its number under one of those keys. What is shown
-- of it says nothing about the number, and stays the same when the key is another one.
create table card_match (
  account     text collate "C" not null,
  livemode    boolean          not null,
  key_version integer          not null,
  mac         text collate "C" not null,
  shown       text collate "C" not null,
  primary key (account, livemode, key_version, mac),
  unique (account, livemode, key_version, shown)
);
-- Until now they were the same.
insert into card_match (account, livemode, key_version, mac, shown)
  select distinct account, livemode, 1, fingerprint, fingerprint from card;

-- What is shown of a card that has those hashes, the newest key's first. A card that nobody knew is
-- given the fresh name.
create function shown_of_card(of_account text, of_mode boolean, versions integer[], macs text[], fresh text)
returns text language plpgsql as $$
declare
  known text;
  under integer;
begin
  for attempt in 1..3 loop
    select m.shown, m.key_version into known, under
      from card_match m join unnest(versions, macs) as w(key_version, mac) using (key_version, mac)
      where m.account = of_account and m.livemode = of_mode
      order by m.key_version desc limit 1;
    if under = versions[1] then
      return known;
    end if;
    -- Nothing needs this row but the card that is stored next, whose commit makes both durable.
    perform set_config('synchronous_commit', 'off', true);
    insert into card_match (account, livemode, key_version, mac, shown)
      values (of_account, of_mode, versions[1], macs[1], coalesce(known, fresh))
      on conflict do nothing;
    if found then
      return coalesce(known, fresh);
    end if;
  end loop;
  raise exception 'a card has two names';
end $$;

-- Rotations of fingerprint keys are listed with the others.
alter table key_rotation drop constraint key_rotation_kind_check;
alter table key_rotation add constraint key_rotation_kind_check
  check (kind in ('master', 'data', 'fingerprint'));
