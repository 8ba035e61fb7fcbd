package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is personal, or repeats a client secret, lies nowhere in the database as it is. */
class SealedDataTest {

  private static final String MARK = "zyxmark";

  private final Gateway gateway = Gateway.IT;
  private final JdbcClient jdbc = JdbcClient.create(gateway.database.everything());

  private Answer made(String key, String path, String... form) {
    Answer answer = gateway.send(gateway.form(path, form).header("Idempotency-Key", key));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer;
  }

  /** Every row of every table that holds the text, as the table's name. */
  private List<String> tablesWith(String text) {
    List<String> tables =
        jdbc.sql(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
                    + " AND table_type = 'BASE TABLE'")
            .query(String.class)
            .list();
    assertThat(tables).contains("events", "idempotency_keys", "provider_operations");
    List<String> found = new ArrayList<>();
    for (String table : tables) {
      long rows =
          jdbc.sql("SELECT count(*) FROM " + table + " AS t WHERE position(? IN t::text) > 0")
              .param(text)
              .query(Long.class)
              .single();
      if (rows > 0) {
        found.add(table + ": " + rows);
      }
    }
    return found;
  }

  @Test
  void nothingPersonalAndNoClientSecretIsInTheDatabaseAsItIs() {
    String customer =
        made(
                "sealed-1",
                "/v1/customers",
                "email",
                MARK + "@example.com",
                "name",
                MARK + " One",
                "phone",
                MARK + "555",
                "address[line1]",
                MARK + " Street",
                "address[city]",
                "Town",
                "metadata[order]",
                "openmark")
            .string("id");
    made("sealed-2", "/v1/customers/" + customer, "name", MARK + " Two");
    String method =
        made(
                "sealed-3",
                "/v1/payment_methods",
                "type",
                "card",
                "card[token]",
                "tok_visa",
                "billing_details[name]",
                MARK + " Three",
                "billing_details[address][postal_code]",
                MARK + "99")
            .string("id");
    Answer paid =
        made(
            "sealed-4",
            "/v1/payment_intents",
            "amount",
            "1000",
            "currency",
            "usd",
            "customer",
            customer,
            "payment_method",
            method,
            "payment_method_types[]",
            "card",
            "receipt_email",
            MARK + "@example.org",
            "shipping[name]",
            MARK + " Four",
            "shipping[address][line1]",
            MARK + " Road",
            "confirm",
            "true");
    made(
        "sealed-5",
        "/v1/checkout/sessions",
        "mode",
        "payment",
        "success_url",
        "https://shop.example.com/done",
        "customer_email",
        MARK + "@example.net",
        "line_items[0][price_data][currency]",
        "usd",
        "line_items[0][price_data][unit_amount]",
        "1250",
        "line_items[0][price_data][product_data][name]",
        "A cup",
        "line_items[0][quantity]",
        "3");

    assertThat(tablesWith(MARK)).isEmpty();
    assertThat(tablesWith(paid.string("client_secret"))).isEmpty();
    // The search itself finds what is there.
    assertThat(tablesWith("openmark")).anyMatch(table -> table.startsWith("customers: "));

    assertThat(gateway.get("/v1/customers/" + customer).string("name")).isEqualTo(MARK + " Two");
    assertThat(gateway.get("/v1/payment_intents/" + paid.string("id")).text())
        .contains(MARK + " Road", MARK + "@example.org");
    assertThat(gateway.get("/v1/charges/" + paid.string("latest_charge")).text())
        .contains(MARK + " Three", MARK + "99");
    assertThat(gateway.get("/v1/events?type=customer.updated&limit=1").text())
        .contains(MARK + " One", MARK + " Two");
    Answer again = made("sealed-2", "/v1/customers/" + customer, "name", MARK + " Two");
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(again.string("name")).isEqualTo(MARK + " Two");
  }

  @Test
  void sealedTextsAreFoundByValueByPartAndByAbsence() {
    String[] ids = new String[3];
    for (int i = 0; i < ids.length; i++) {
      ids[i] =
          made(
                  "found-" + i,
                  "/v1/customers",
                  i == 2 ? "description" : "email",
                  i == 2 ? "none" : "found" + i + "@Example.com",
                  "metadata[group]",
                  "found")
              .string("id");
    }
    assertThat(gateway.get("/v1/customers?email=found1%40Example.com").data())
        .extracting(customer -> customer.get("id"))
        .containsExactly(ids[1]);
    assertThat(found("email:'FOUND0@example.com'")).containsExactly(ids[0]);
    assertThat(found("email~'ound' AND metadata['group']:'found'")).containsExactly(ids[1], ids[0]);
    // All its pieces are in the text, but not next to one another.
    assertThat(found("email~'found0@example.comfound' AND metadata['group']:'found'")).isEmpty();
    assertThat(found("email~'com0@E' AND metadata['group']:'found'")).isEmpty();
    assertThat(found("-email~'found1' AND metadata['group']:'found'"))
        .containsExactly(ids[2], ids[0]);
    assertThat(found("email:null AND metadata['group']:'found'")).containsExactly(ids[2]);
    assertThat(found("-email:null AND metadata['group']:'found'")).containsExactly(ids[1], ids[0]);
    assertThat(found("email~'found1@' OR email:'found0@example.com'"))
        .containsExactly(ids[1], ids[0]);
    assertThat(
            gateway
                .get(
                    "/v1/customers/search?expand[]=total_count&query="
                        + java.net.URLEncoder.encode(
                            "email~'ound' AND metadata['group']:'found'",
                            java.nio.charset.StandardCharsets.UTF_8))
                .body())
        .containsEntry("total_count", 2L);
  }

  private List<Object> found(String query) {
    Answer answer =
        gateway.get(
            "/v1/customers/search?query="
                + java.net.URLEncoder.encode(query, java.nio.charset.StandardCharsets.UTF_8));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.data().stream().map(customer -> customer.get("id")).toList();
  }
}
