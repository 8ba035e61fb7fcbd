-- By what a card is known again goes when the last of its cards is gone, a day later at the latest.
alter table card_match add column seen timestamptz not null default now();
create index card_fingerprint on card (account, livemode, fingerprint);

-- Before, the first key lay in a file, and what was shown was made with it. That key is used no
-- more: those cards are met anew.
delete from card_match where mac = shown;

create or replace function shown_of_card(of_account text, of_mode boolean, versions integer[], macs text[], fresh text)
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
    -- Nothing needs what is written here but the card that is stored next, whose commit makes both
    -- durable.
    if under = versions[1] then
      -- One that was forgotten nearly is kept for the card that comes now.
      perform set_config('synchronous_commit', 'off', true);
      update card_match m set seen = now()
        where m.account = of_account and m.livemode = of_mode and m.key_version = under
          and m.mac = macs[1] and m.seen < now() - interval '12 hours'
          and not exists (select from card c where c.account = of_account
            and c.livemode = of_mode and c.fingerprint = known);
      perform from card_match m
        where m.account = of_account and m.livemode = of_mode and m.key_version = under
          and m.mac = macs[1];
      if found then
        return known;
      end if;
    else
      perform set_config('synchronous_commit', 'off', true);
      insert into card_match (account, livemode, key_version, mac, shown)
        values (of_account, of_mode, versions[1], macs[1], coalesce(known, fresh))
        on conflict do nothing;
      if found then
        return coalesce(known, fresh);
      end if;
    end if;
  end loop;
  raise exception 'a card has two names';
end $$;
