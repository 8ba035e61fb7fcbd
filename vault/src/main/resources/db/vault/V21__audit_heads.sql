-- The keys that sign the audit trail's heads. The one of the highest generation signs; older ones stay, so that what
-- they signed can be checked. "public_key" is a SubjectPublicKeyInfo; the private half is sealed
-- under a data key of the administration, and bound to "id", the public half's SHA-256.
create table audit_key (
  id         text collate "C" primary key,
  generation integer          not null unique,
  account    text collate "C" not null,
  livemode   boolean          not null,
  data_key   text collate "C" not null,
  public_key bytea            not null,
  sealed     bytea            not null,
  created    timestamptz      not null
);

-- Signed statements of what the audit trail was: after how many entries, and the statement.
create table audit_head (
  size bigint primary key check (size > 0),
  head text   not null
);
create trigger audit_head_append_only before update or delete on audit_head
  for each row execute function refuse_change();
create trigger audit_head_no_truncate before truncate on audit_head
  for each statement execute function refuse_change();
