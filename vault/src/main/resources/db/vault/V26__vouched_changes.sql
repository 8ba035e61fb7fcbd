-- Each change that two people confirmed is vouched for by the vault: a seal over nothing, bound to
-- what the change is and who made it. A row that somebody else wrote has none.
alter table pending_change add column account text collate "C" not null default 'administration';
alter table pending_change add column livemode boolean not null default true;
alter table pending_change add column data_key text collate "C";
alter table pending_change add column sealed bytea;
create index pending_change_key on pending_change (account, data_key) where data_key is not null;

-- A policy names the change that installed it, and each change installs one: an older policy cannot
-- be put in place again by its row alone. What is installed is never changed.
alter table forward_policy add column change text collate "C";
create unique index forward_policy_change on forward_policy (change);
create trigger forward_policy_append_only before update or delete on forward_policy
  for each row execute function refuse_change();
