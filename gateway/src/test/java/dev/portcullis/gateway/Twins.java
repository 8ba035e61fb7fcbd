package dev.portcullis.gateway;

import dev.portcullis.gateway.testing.TestDatabase;
import java.sql.SQLException;

/**
 * An account that has a copy, under the same id, of every row that another account makes. A
 * statement that forgets its account meets both: a read of one object finds two, and a write
 * changes the copy, which is noted. No real account's ids are ever another's; the copies show what
 * the account in a condition is for.
 */
final class Twins {

  /** The account whose rows are copied. */
  static final String OF = "acct_third";

  static final String ACCOUNT = "acct_twin";

  private static final String TRIGGERS =
      """
      CREATE TABLE twins_touched (query text NOT NULL);

      CREATE FUNCTION make_twin() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      DECLARE twin jsonb := to_jsonb(NEW) || '{"account": "acct_twin"}';
      BEGIN
        IF TG_TABLE_NAME = 'provider_operations' THEN
          twin := twin || '{"due": null}'; -- the resolver leaves it alone
        ELSIF TG_TABLE_NAME = 'api_keys' THEN
          twin := twin || jsonb_build_object('hash', repeat(md5(twin->>'hash'), 2),
            'vault_version', 9);
        END IF;
        EXECUTE format('INSERT INTO %1$I (%2$s) SELECT %2$s'
          ' FROM jsonb_populate_record(NULL::%1$I, $1) ON CONFLICT DO NOTHING', TG_TABLE_NAME,
          (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
            WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND attgenerated = ''))
          USING twin;
        RETURN NULL;
      END
      $$;

      CREATE FUNCTION note_touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        INSERT INTO twins_touched VALUES (current_query());
        RETURN NULL;
      END
      $$;

      DO $$
      DECLARE t record;
      BEGIN
        FOR t IN SELECT DISTINCT c.relname AS name FROM pg_class c JOIN pg_attribute a
          ON a.attrelid = c.oid WHERE a.attname = 'account' AND c.relkind = 'r'
          AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'audit'
        LOOP
          EXECUTE format('CREATE TRIGGER made AFTER INSERT ON %I FOR EACH ROW'
            ' WHEN (NEW.account = ''acct_third'') EXECUTE FUNCTION make_twin()', t.name);
          EXECUTE format('CREATE TRIGGER touched AFTER UPDATE OR DELETE ON %I FOR EACH ROW'
            ' WHEN (OLD.account = ''acct_twin'') EXECUTE FUNCTION note_touch()', t.name);
        END LOOP;
      END
      $$;
      """;

  private final TestDatabase database;

  Twins(TestDatabase database) throws SQLException {
    this.database = database;
    database.execute(TRIGGERS);
  }

  /** Forgets what was touched. */
  void forget() throws SQLException {
    database.execute("TRUNCATE twins_touched");
  }

  /** Whether a statement with that in its text has changed a copy. */
  boolean wereTouchedBy(String part) {
    return database.number(
            "SELECT count(*) FROM twins_touched WHERE position(? IN query) > 0", part)
        > 0;
  }

  /** Makes the copy of that row anew, as the row is by now. */
  void renew(String table, String id) throws SQLException {
    for (String sql :
        new String[] {
          "DELETE FROM %1$s WHERE account = 'acct_twin' AND id = '%2$s'",
          "INSERT INTO %1$s SELECT (jsonb_populate_record(NULL::%1$s, to_jsonb(t)"
              + " || '{\"account\": \"acct_twin\"}')).* FROM %1$s t"
              + " WHERE account = 'acct_third' AND id = '%2$s'"
        }) {
      database.execute(sql.formatted(table, id));
    }
  }
}
