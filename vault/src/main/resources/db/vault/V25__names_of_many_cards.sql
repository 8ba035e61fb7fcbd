-- What is shown of each of many cards, by the hash of each under the newest key alone. Null for one
-- that is nearly forgotten, which shown_of_card sees to. Keys are waited for in one order, so that two
-- of these cannot wait for each other.
create function shown_of_cards(accounts text[], modes boolean[], versions integer[], macs text[], fresh text[])
returns text[] language plpgsql as $$
begin
  -- Nothing needs what is written here but the cards that are stored next, whose commit makes both
  -- durable.
  perform set_config('synchronous_commit', 'off', true);
  insert into card_match (account, livemode, key_version, mac, shown)
    select a.account, a.livemode, a.version, a.mac, a.name
      from unnest((select accounts), (select modes), (select versions), (select macs), (select fresh))
        as a(account, livemode, version, mac, name)
      order by a.account, a.livemode, a.version, a.mac
    on conflict do nothing;
  return array(
    select (select m.shown from card_match m
        where m.account = a.account and m.livemode = a.livemode and m.key_version = a.version
          and m.mac = a.mac and (m.seen >= now() - interval '12 hours'
            or exists (select from card c where c.account = m.account and c.livemode = m.livemode
              and c.fingerprint = m.shown)))
      from unnest((select accounts), (select modes), (select versions), (select macs)) with ordinality
        as a(account, livemode, version, mac, n)
      order by a.n);
end $$;
