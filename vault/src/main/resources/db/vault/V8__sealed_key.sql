-- Master keys that custodians' shares open. "sealed" is encrypted under a key that is nowhere but in
-- the shares; "verifiers" holds a hash of each share, by which a wrong one is told from too few.
CREATE TABLE sealed_key (
  name      text COLLATE "C" PRIMARY KEY,
  share_set text COLLATE "C" NOT NULL,
  shares    smallint         NOT NULL CHECK (shares BETWEEN 1 AND 255),
  threshold smallint         NOT NULL CHECK (threshold BETWEEN 1 AND shares),
  verifiers bytea            NOT NULL CHECK (length(verifiers) = shares * 32),
  sealed    bytea            NOT NULL,
  changed   timestamptz      NOT NULL
);
