package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.store.Purge;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What has served its time goes, and nothing else. */
class PurgeTest {

  private static final Gateway GATEWAY = new Gateway();

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  @Test
  void resendsThatHaveEndedAreForgottenAfterThirtyDays() throws SQLException {
    GATEWAY.database.execute(
        """
        INSERT INTO webhook_resends (account, livemode, id, version, created, endpoint, since,
          until, failed_only, seen, ended) SELECT 'acct_first', false, id, 1, now(), id, now(),
          now(), false, '', ended FROM (VALUES ('whr_open', NULL),
          ('whr_29', now() - interval '29 days'), ('whr_31', now() - interval '31 days'))
          AS few (id, ended)\
        """);
    GATEWAY.context.getBean(Purge.class).round();
    assertThat(GATEWAY.database.text("SELECT string_agg(id, ' ' ORDER BY id) FROM webhook_resends"))
        .isEqualTo("whr_29 whr_open");
  }

  @Test
  void whatProvidersDidIsForgottenAfterFourHundredDaysButForWhatIsOpen() throws SQLException {
    for (int age : List.of(399, 401)) {
      GATEWAY.database.execute(
          """
          INSERT INTO route_decisions SELECT 'acct_first', false, 'op_%1$s', 1,
            now() - interval '%1$s days', 'pi_1', 'sandbox', 1, 0, 'visa', 'us', 'usd', 100, '{}',
            NULL;
          INSERT INTO route_outcomes SELECT 'acct_first', false, 'op_%1$s', 1,
            now() - interval '%1$s days', 'approved', NULL, 10;
          INSERT INTO payment_retries SELECT 'acct_first', false, 'rt_%1$s', 1,
            now() - interval '%1$s days', 'pi_1', 1, now(), 'x', now(), 'begun', NULL, 'op_1', NULL;
          INSERT INTO provider_hours SELECT 'acct_first', false, 'sandbox',
            now() - interval '%1$s days', 'us', 'visa', 1, 0, 1, 1;
          INSERT INTO reconciliation_runs (account, livemode, id, created, created_by, provider,
            day, source, state) SELECT 'acct_first', false, 'rcn_%1$s', now(), 'ada', 'sandbox',
            current_date - %1$s, 'feed', 'done';
          INSERT INTO reconciliation_lines SELECT 'acct_first', false, 'sandbox', 'l%1$s',
            'rcn_%1$s', current_date - %1$s, 'capture', NULL, NULL, NULL, 100, 'usd', NULL;
          INSERT INTO reconciliation_items (account, livemode, id, created, provider, subject, run,
            day, verdict, kind, state) SELECT 'acct_first', false, 'rci_%1$s' || state, now(),
            'sandbox', '%1$s' || state, 'rcn_%1$s', current_date - %1$s, 'missing_here',
            'capture', state FROM unnest(ARRAY['open', 'settled', 'explained']) AS state\
          """
              .formatted(age));
    }
    assertThat(GATEWAY.context.getBean(Purge.class).round()).isEqualTo(8);
    assertThat(
            GATEWAY.database.text(
                """
                SELECT string_agg(id, ' ' ORDER BY id) FROM (SELECT id FROM route_decisions
                  UNION ALL SELECT id FROM route_outcomes
                  UNION ALL SELECT id FROM payment_retries
                  UNION ALL SELECT id FROM reconciliation_runs
                  UNION ALL SELECT line FROM reconciliation_lines
                  UNION ALL SELECT id FROM reconciliation_items) AS kept (id)\
                """))
        .isEqualTo(
            "l399 op_399 op_399 rci_399explained rci_399open rci_399settled rci_401open rcn_399"
                + " rt_399");
    assertThat(GATEWAY.database.number("SELECT count(*) FROM provider_hours")).isEqualTo(1);
  }

  @Test
  void aSecretThatSignsNoMoreGoes() throws SQLException {
    String ended = rolling();
    String signing = rolling();
    String until =
        "UPDATE webhook_endpoints SET doc = doc || jsonb_build_object('previous_until',"
            + " extract(epoch FROM now())::bigint + %d) WHERE id = '%s'";
    GATEWAY.database.execute(until.formatted(-120, ended) + "; " + until.formatted(120, signing));
    GATEWAY.context.getBean(Purge.class).round();
    assertThat(
            GATEWAY.database.text(
                "SELECT string_agg(id, ' ') FROM webhook_endpoints WHERE jsonb_exists(doc,"
                    + " 'previous_secret') AND jsonb_exists(doc, 'secret')"))
        .isEqualTo(signing);
    assertThat(
            GATEWAY.database.number(
                "SELECT count(*) FROM webhook_endpoints WHERE jsonb_exists(doc, 'previous_until')"))
        .isEqualTo(1);
  }

  /** An endpoint with two secrets that sign. */
  private static String rolling() {
    String id =
        GATEWAY
            .post(
                "/v1/webhook_endpoints",
                "url",
                "https://shop.example/",
                "enabled_events[]",
                "customer.created")
            .string("id");
    assertThat(GATEWAY.post("/v1/webhook_endpoints/" + id + "/roll_secret").status())
        .isEqualTo(200);
    return id;
  }
}
