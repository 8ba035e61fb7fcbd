-- What a key may do, from where and until when. permissions are those of a restricted key, by name
-- (charge_read); cidrs the addresses it may come from, none for any. rolled_to says which key took
-- its place: it works until expires_at, and its use is reported. Each change raises version, and
-- vault_version is the one that the vault has committed. What last_used_* say is a little late.
ALTER TABLE api_keys
  ADD COLUMN permissions       text[] NOT NULL DEFAULT '{}',
  ADD COLUMN cidrs             text[] NOT NULL DEFAULT '{}',
  ADD COLUMN expires_at        timestamptz,
  ADD COLUMN description       text NOT NULL DEFAULT '',
  ADD COLUMN created_by        text NOT NULL DEFAULT '',
  ADD COLUMN rolled_to         text COLLATE "C",
  ADD COLUMN revoked_at        timestamptz,
  ADD COLUMN vault_version     integer NOT NULL DEFAULT 0,
  ADD COLUMN last_used_at      timestamptz,
  ADD COLUMN last_used_address text;
CREATE INDEX api_keys_pending ON api_keys (account, id) WHERE vault_version < version;

-- What administration and people did. Each entry's hash covers the one before it. account is the
-- one that it was about, empty for none; detail is never a secret.
CREATE TABLE audit (
  seq      bigint PRIMARY KEY,
  at       timestamptz NOT NULL,
  actor    text NOT NULL,
  address  text NOT NULL,
  action   text NOT NULL,
  account  text COLLATE "C" NOT NULL,
  subject  text NOT NULL,
  detail   text NOT NULL,
  previous bytea NOT NULL,
  hash     bytea NOT NULL
);
CREATE INDEX audit_by_account ON audit (account, seq);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is append-only';
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
