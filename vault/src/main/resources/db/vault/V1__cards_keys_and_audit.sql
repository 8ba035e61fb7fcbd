-- The vault's database. The application's role has no right but to read and write rows.
-- Every key leads with the account, so that the tables can be spread by account later.

-- Which form the tables have; the vault refuses to start on one that it does not know.
create table vault_schema (
  version integer primary key
);
insert into vault_schema (version) values (1);

-- Data keys, one per account, mode and period of 90 days; never in the clear.
create table data_key (
  account    text collate "C" not null,
  livemode   boolean          not null,
  period     integer          not null,
  id         text collate "C" not null,
  master_key text             not null,
  wrapped    bytea            not null,
  created    timestamptz      not null,
  primary key (account, livemode, period),
  unique (account, id)
);

-- Cards. The number is only in "sealed", bound to account, mode and id. There is no column for a
-- CVC and there must never be one. "details" holds what was typed beside the card (billing
-- details, metadata), sealed, until the gateway has it.
create table card (
  account     text collate "C" not null,
  id          text collate "C" not null,
  livemode    boolean          not null,
  created     timestamptz      not null,
  data_key    text collate "C" not null,
  sealed      bytea            not null,
  fingerprint text collate "C" not null,
  brand       text             not null,
  bin         text             not null check (length(bin) <= 8),
  last4       text             not null check (length(last4) = 4),
  exp_month   smallint         not null check (exp_month between 1 and 12),
  exp_year    smallint         not null,
  funding     text             not null,
  country     text,
  cvc_given   boolean          not null,
  details     bytea,
  used_by     text collate "C",
  primary key (account, id)
);

-- Answers to repeat. The answer is sealed, because it carries personal data; "fingerprint" is keyed
-- and covers the card's fingerprint instead of its number, and never the CVC.
create table idempotency (
  account     text collate "C" not null,
  livemode    boolean          not null,
  key         text collate "C" not null,
  fingerprint bytea            not null,
  status      smallint         not null,
  data_key    text collate "C" not null,
  answer      bytea            not null,
  created     timestamptz      not null,
  primary key (account, livemode, key)
);
create index idempotency_age on idempotency (created);

-- API keys as keyed hashes, pushed by the gateway. A lower version never replaces a higher one.
create table api_key (
  account    text collate "C" not null,
  id         text collate "C" not null,
  version    bigint           not null,
  livemode   boolean          not null,
  kind       text             not null check (kind in ('secret', 'publishable', 'restricted')),
  hash       bytea            not null check (length(hash) = 32),
  scopes     text[]           not null,
  cidrs      text[]           not null,
  expires_at timestamptz,
  revoked    boolean          not null,
  primary key (account, id)
);
create unique index api_key_hash on api_key (hash);

-- What the vault's administration and its start did. Each entry's hash covers the one before it.
create table audit_entry (
  seq      bigint      primary key,
  at       timestamptz not null,
  action   text        not null,
  subject  text        not null,
  detail   text        not null,
  previous bytea       not null,
  hash     bytea       not null
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only';
end
$$;
create trigger audit_entry_append_only before update or delete on audit_entry
  for each row execute function refuse_change();
create trigger audit_entry_no_truncate before truncate on audit_entry
  for each statement execute function refuse_change();
