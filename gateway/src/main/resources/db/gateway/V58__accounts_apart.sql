-- The second lock on accounts, behind the condition that each query carries: row-level security.
-- A session sees and writes rows of the account, or of the accounts, that its transaction has named;
-- work over all accounts names itself in portcullis.all_accounts. With nothing set there is no row.
-- The tables' owner, who migrates, backs up and restores, is not bound.
--
-- A gateway from before this migration names nothing and sees nothing on this schema: it is to be
-- stopped first. No such version was ever released.
--
-- Every table with a column account gets the lock: those that there are here, and what comes later
-- by afterMigrate.sql, so that none is forgotten.
CREATE FUNCTION keep_accounts_apart(apart regclass, whose name DEFAULT 'account') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', apart);
  -- Sub-selects are computed once for a statement and not once for a row.
  EXECUTE format(
    'CREATE POLICY accounts_apart ON %1$s USING ('
    '%2$I = (SELECT nullif(current_setting(''portcullis.account'', true), ''''))'
    ' OR %2$I = ANY ((SELECT nullif(current_setting(''portcullis.accounts'', true), ''''))::text[])'
    ' OR (SELECT nullif(current_setting(''portcullis.all_accounts'', true), '''')) IS NOT NULL)',
    apart, whose);
END
$$;
REVOKE EXECUTE ON FUNCTION keep_accounts_apart FROM PUBLIC;

DO $$
BEGIN
  PERFORM keep_accounts_apart('accounts', 'id');
  PERFORM keep_accounts_apart(c.oid)
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
      AND a.attname = 'account' AND NOT a.attisdropped;
END
$$;

-- Under a policy, an index serves only conditions whose operators are known to tell nothing, and the
-- one that asks for terms is not among them. So a search reads through these views, as their owner:
-- they have the policy's condition on the account in themselves, and nobody may write through them.
CREATE SCHEMA search;
GRANT USAGE ON SCHEMA search TO PUBLIC;

CREATE VIEW search.payment_intents AS SELECT * FROM payment_intents
  WHERE account = (SELECT nullif(current_setting('portcullis.account', true), ''));
CREATE VIEW search.charges AS SELECT * FROM charges
  WHERE account = (SELECT nullif(current_setting('portcullis.account', true), ''));
CREATE VIEW search.customers AS SELECT * FROM customers
  WHERE account = (SELECT nullif(current_setting('portcullis.account', true), ''));
GRANT SELECT ON ALL TABLES IN SCHEMA search TO PUBLIC;
