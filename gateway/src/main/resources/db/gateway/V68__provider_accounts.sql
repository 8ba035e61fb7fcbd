-- The accounts that a merchant has at providers, by the name that the vault's policies give them. A
-- payment remembers by which one it was made, so none is ever deleted.
CREATE TABLE provider_accounts (
  account              text COLLATE "C" NOT NULL REFERENCES accounts (id),
  livemode             boolean NOT NULL,
  name                 text COLLATE "C" NOT NULL,
  connector            text NOT NULL,
  place                integer NOT NULL, -- the smaller, the sooner it is asked, without other rules
  paused               boolean NOT NULL DEFAULT false,
  fee_basis_points     integer NOT NULL,
  fee_fixed            integer NOT NULL,
  fee_dispute          integer NOT NULL,
  available_after_days integer NOT NULL,
  created              timestamptz NOT NULL,
  created_by           text NOT NULL,
  PRIMARY KEY (account, livemode, name)
);
