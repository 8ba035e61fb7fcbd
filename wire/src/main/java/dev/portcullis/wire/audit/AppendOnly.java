package dev.portcullis.wire.audit;

/**
 * The rights of a zone's role on what is append-only: every table whose triggers call {@code
 * refuse_change}. The trigger stands against whoever owns the tables and makes a mistake; without
 * the right nobody needs to get past it.
 */
public final class AppendOnly {

  private static final String TABLES =
      "pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
          + " WHERE p.proname = 'refuse_change' AND NOT t.tgisinternal";

  /**
   * A query for the tables that whoever asks could change all the same, parted by commas; null for
   * none. Owners can give themselves any right, and so can whoever may act as one.
   */
  public static final String CHANGEABLE =
      "SELECT string_agg(DISTINCT c.oid::regclass::text, ', ') FROM "
          + TABLES
          + " AND (has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')"
          + " OR has_any_column_privilege(c.oid, 'UPDATE')"
          + " OR pg_has_role(c.relowner, 'MEMBER'))";

  private static final String RESTRICT =
      """
      DO $$
      DECLARE kept record;
      BEGIN
        FOR kept IN SELECT DISTINCT c.oid::regclass AS name FROM TABLES LOOP
          EXECUTE format('REVOKE ALL ON %s FROM %I', kept.name, 'ROLE');
          EXECUTE format('GRANT SELECT, INSERT ON %s TO %I', kept.name, 'ROLE');
        END LOOP;
      END
      $$
      """;

  private AppendOnly() {}

  /**
   * A statement of the owner's that leaves a role nothing but to read and to append.
   *
   * @param role a name without quotes
   */
  public static String restrict(String role) {
    return RESTRICT.replace("TABLES", TABLES).replace("ROLE", role);
  }
}
