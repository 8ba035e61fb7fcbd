-- Where providers were told, by their own APIs, to send their notifications. A row is there before
-- the provider is asked: "registering" is one of which nobody can say that its secret is kept,
-- "registered" one that is as it should be, "removing" one that two people have given up and that the
-- provider may not have forgotten yet. "place" is what the provider calls it.
create table notification_registration (
  account          text collate "C" not null,
  livemode         boolean     not null,
  provider_account text collate "C" not null,
  url              text collate "C" not null,
  state            text        not null check (state in ('registering', 'registered', 'removing')),
  since            timestamptz not null,
  place            text,
  secret_name      text collate "C",
  secret_version   integer,
  primary key (account, livemode, provider_account, url),
  check ((secret_name is null) = (secret_version is null)),
  check (state <> 'registered' or place is not null)
);
