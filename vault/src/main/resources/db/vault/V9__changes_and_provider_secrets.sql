-- What one administrator proposed and another one confirms or refuses. "content" is all of it, and
-- holds no secret; "hash" is its SHA-256, which whoever confirms must name.
create table pending_change (
  id          text collate "C" primary key,
  action      text        not null,
  subject     text        not null,
  content     text        not null,
  hash        bytea       not null check (length(hash) = 32),
  proposed_by text collate "C" not null,
  proposed_at timestamptz not null,
  expires     timestamptz not null,
  state       text        not null check (state in ('pending', 'applied', 'refused')),
  decided_by  text collate "C",
  decided_at  timestamptz,
  outcome     text,
  check ((state = 'pending') = (decided_by is null)),
  check (state <> 'applied' or decided_by <> proposed_by)
);
create index pending_change_open on pending_change (expires) where state = 'pending';

-- Providers' secrets, each version sealed under a data key of the account it is bound to, and bound
-- to everything else in its row as well.
create table provider_secret (
  account          text collate "C" not null,
  livemode         boolean     not null,
  name             text collate "C" not null,
  version          integer     not null check (version > 0),
  provider_account text        not null,
  host             text        not null,
  data_key         text collate "C" not null,
  sealed           bytea       not null,
  created          timestamptz not null,
  created_by       text collate "C" not null,
  active_from      timestamptz not null,
  retired          timestamptz,
  primary key (name, version)
);
create index provider_secret_key on provider_secret (account, data_key);

-- Forward policies that two administrators have installed. An older version is never changed; one
-- without content takes the policy away.
create table forward_policy (
  name         text collate "C" not null,
  version      integer     not null check (version > 0),
  content      text,
  installed_by text collate "C" not null,
  confirmed_by text collate "C" not null,
  installed_at timestamptz not null,
  primary key (name, version),
  check (installed_by <> confirmed_by)
);

-- Counts every change of what may go out, so that each vault sees that there is one.
create table egress_revision (
  the_only boolean primary key default true check (the_only),
  revision bigint  not null
);
insert into egress_revision (revision) values (0);
