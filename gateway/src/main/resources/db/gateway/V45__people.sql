-- People who administer this zone. A row is never deleted: the audit trail names it, and a name that
-- was somebody's is never anybody else's. password is an Argon2id hash (PHC string), totp the secret
-- of the codes, sealed under this zone's own key; last_step the last one of which a code was used.
CREATE TABLE person (
  name         text COLLATE "C" PRIMARY KEY,
  role         text        NOT NULL CHECK (role IN ('administrator', 'operator', 'auditor')),
  created      timestamptz NOT NULL,
  created_by   text        NOT NULL,
  password     text,
  totp         text,
  last_step    bigint      NOT NULL DEFAULT 0,
  last_sign_in timestamptz,
  removed      timestamptz,
  CHECK (removed IS NULL OR (password IS NULL AND totp IS NULL))
);

-- Codes with which somebody chooses a password once; person is null for the first one of all. What
-- was chosen waits in proposed_* until its first code. Used ones stay, so that they stay used.
CREATE TABLE person_enrollment (
  code_hash         bytea PRIMARY KEY CHECK (length(code_hash) = 32),
  person            text COLLATE "C" REFERENCES person,
  role              text        NOT NULL CHECK (role IN ('administrator', 'operator', 'auditor')),
  created           timestamptz NOT NULL,
  expires           timestamptz NOT NULL,
  used              timestamptz,
  proposed_name     text,
  proposed_password text,
  proposed_totp     text
);
CREATE INDEX person_enrollment_person ON person_enrollment (person);

-- Who failed how often: names, known or not, and addresses.
CREATE TABLE sign_in_attempts (
  subject  text COLLATE "C" PRIMARY KEY,
  failures integer     NOT NULL,
  last_at  timestamptz NOT NULL,
  until    timestamptz NOT NULL
);
CREATE INDEX sign_in_attempts_age ON sign_in_attempts (last_at);

-- Who is signed in; of the token only its hash.
CREATE TABLE admin_session (
  token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  person     text COLLATE "C" NOT NULL REFERENCES person,
  created    timestamptz NOT NULL,
  expires    timestamptz NOT NULL
);
CREATE INDEX admin_session_person ON admin_session (person);
CREATE INDEX admin_session_age ON admin_session (expires);
