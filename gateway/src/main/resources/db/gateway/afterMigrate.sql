-- Runs after every migration: no table with rows of accounts is without row-level security (V58).
DO $$
BEGIN
  PERFORM pg_advisory_xact_lock(7110058); -- of two that migrate at once, one lays each lock
  IF to_regproc('keep_accounts_apart') IS NOT NULL THEN
    PERFORM keep_accounts_apart(c.oid)
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT c.relrowsecurity AND a.attname = 'account' AND NOT a.attisdropped;
  END IF;
END
$$;
