package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Search, as an SDK sees it. */
class SearchTest {

  private static final String INTENTS = "/v1/payment_intents/search";
  private static final String CHARGES = "/v1/charges/search";
  private static final String CUSTOMERS = "/v1/customers/search";

  private final Gateway gateway = Gateway.IT;

  /** What sets this test's objects apart from those of others. */
  private final String mark = UUID.randomUUID().toString().substring(0, 8);

  private String intent(long amount, String... more) {
    List<String> form =
        new ArrayList<>(
            List.of("amount", Long.toString(amount), "currency", "usd", "metadata[mark]", mark));
    form.addAll(List.of(more));
    Answer made = gateway.post("/v1/payment_intents", form.toArray(String[]::new));
    assertThat(made.status()).as(made.text()).isEqualTo(200);
    return made.string("id");
  }

  private Answer search(String path, String query, String more) {
    return gateway.get(path + "?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8) + more);
  }

  private List<Object> found(String path, String query) {
    Answer answer = search(path, query, "&limit=100");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.data().stream().<Object>map(object -> object.get("id")).toList();
  }

  /** Of this test alone. */
  private List<Object> mine(String path, String query) {
    return found(path, "metadata['mark']:'" + mark + "' AND " + query);
  }

  @Test
  void payments_are_found_by_what_they_are() {
    String customer = gateway.post("/v1/customers").string("id");
    String small = intent(500, "metadata[Order]", "A-1");
    String large = intent(1500, "customer", customer, "metadata[Order]", "a-2");
    String paid = intent(1500, "payment_method", "pm_card_visa", "confirm", "true");
    assertThat(
            found(
                INTENTS, "metadata[\"mark\"]:\"" + mark.toUpperCase(java.util.Locale.ROOT) + "\""))
        .containsExactly(paid, large, small);
    assertThat(mine(INTENTS, "amount>500")).containsExactly(paid, large);
    assertThat(mine(INTENTS, "amount>=500 amount<1500")).containsExactly(small);
    assertThat(mine(INTENTS, "amount<=500")).containsExactly(small);
    assertThat(mine(INTENTS, "amount:'1500'")).containsExactly(paid, large);
    assertThat(mine(INTENTS, "status:'SUCCEEDED'")).containsExactly(paid);
    assertThat(mine(INTENTS, "-status:'succeeded'")).containsExactly(large, small);
    assertThat(mine(INTENTS, "customer:'" + customer + "'")).containsExactly(large);
    assertThat(mine(INTENTS, "-customer:'" + customer + "'")).containsExactly(paid, small);
    assertThat(mine(INTENTS, "customer:null")).containsExactly(paid, small);
    assertThat(mine(INTENTS, "metadata['Order']:'a-1'")).containsExactly(small);
    assertThat(mine(INTENTS, "metadata['order']:'a-1'")).isEmpty();
    assertThat(mine(INTENTS, "metadata['Order']:null")).containsExactly(paid);
    assertThat(mine(INTENTS, "-metadata['Order']:null")).containsExactly(large, small);
    assertThat(mine(INTENTS, "-metadata['Order']:'a-1'")).containsExactly(paid, large);
    assertThat(mine(INTENTS, "currency:'usd' AND created>1600000000")).hasSize(3);
    assertThat(mine(INTENTS, "created<1600000000")).isEmpty();
    assertThat(mine(INTENTS, "currency:'eur'")).isEmpty();
    String own = "metadata['mark']:'" + mark + "'";
    assertThat(found(INTENTS, own + " OR customer:'" + customer + "'"))
        .containsExactly(paid, large, small);
    assertThat(found(INTENTS, "customer:'" + customer + "' OR metadata['Order']:'zz" + mark + "'"))
        .containsExactly(large);
    assertThat(mine(INTENTS, "metadata['Order']:\"x' OR 1=1 --\"")).isEmpty();
  }

  @Test
  void charges_are_found_by_the_card() {
    String paid = intent(700, "payment_method", "pm_card_visa", "confirm", "true");
    String charge = gateway.get("/v1/payment_intents/" + paid).string("latest_charge");
    assertThat(mine(CHARGES, "payment_method_details.card.last4:4242")).containsExactly(charge);
    assertThat(
            mine(
                CHARGES,
                "payment_method_details.card.brand:'visa'"
                    + " AND payment_method_details.card.exp_year>2030"
                    + " AND payment_method_details.card.exp_month:12"
                    + " AND payment_method_details.card.fingerprint:'fp'"
                    + " AND amount:700 AND status:'succeeded' AND refunded:'false'"))
        .containsExactly(charge);
    assertThat(mine(CHARGES, "billing_details.address.postal_code:'12345'")).isEmpty();
    assertThat(mine(CHARGES, "refunded:'true'")).isEmpty();
    assertThat(mine(CHARGES, "disputed:'true'")).isEmpty();
    assertThat(mine(CHARGES, "disputed:'false'")).containsExactly(charge);
    gateway.post("/v1/refunds", "payment_intent", paid);
    assertThat(mine(CHARGES, "refunded:'true'")).containsExactly(charge);
    gateway.post("/v1/charges/" + charge, "metadata[note]", "later");
    assertThat(found(CHARGES, "metadata['note']:'later' metadata['mark']:'" + mark + "'"))
        .containsExactly(charge);
  }

  @Test
  void customers_are_found_by_parts_of_their_names() {
    Answer made =
        gateway.post(
            "/v1/customers",
            "name",
            "Zoë Zebra " + mark,
            "email",
            "Zoe." + mark + "@example.com",
            "phone",
            "+44 555 " + mark);
    String id = made.string("id");
    assertThat(found(CUSTOMERS, "email:'zoe." + mark + "@EXAMPLE.com'")).containsExactly(id);
    assertThat(found(CUSTOMERS, "email~'" + mark.substring(1) + "@exa'")).containsExactly(id);
    assertThat(found(CUSTOMERS, "name~'ebra " + mark + "'")).containsExactly(id);
    assertThat(found(CUSTOMERS, "phone~'555 " + mark + "'")).containsExactly(id);
    assertThat(found(CUSTOMERS, "name:'" + mark + "'")).isEmpty();
    gateway.post("/v1/customers/" + id, "name", "Ada " + mark);
    assertThat(found(CUSTOMERS, "name~'ebra " + mark + "'")).isEmpty();
    assertThat(found(CUSTOMERS, "name:'ada " + mark + "'")).containsExactly(id);
    gateway.delete("/v1/customers/" + id);
    assertThat(found(CUSTOMERS, "name:'ada " + mark + "'")).isEmpty();
  }

  @Test
  void pages_follow_each_other_and_the_total_is_told_on_demand() {
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.addFirst(intent(100 + i));
    }
    String query = "metadata['mark']:'" + mark + "'";
    Answer first = search(INTENTS, query, "&limit=2&expand[]=total_count");
    assertThat(first.body())
        .containsEntry("object", "search_result")
        .containsEntry("url", INTENTS)
        .containsEntry("has_more", true)
        .containsEntry("total_count", 5L);
    List<Object> seen = new ArrayList<>();
    first.data().forEach(object -> seen.add(object.get("id")));
    Answer at = first;
    while (Boolean.TRUE.equals(at.body().get("has_more"))) {
      at = search(INTENTS, query, "&limit=2&page=" + at.string("next_page"));
      assertThat(at.status()).as(at.text()).isEqualTo(200);
      at.data().forEach(object -> seen.add(object.get("id")));
    }
    assertThat(at.body()).containsEntry("next_page", null).doesNotContainKey("total_count");
    assertThat(seen).isEqualTo(all);
    Answer other = search(INTENTS, "amount>1", "&page=" + first.string("next_page"));
    assertThat(other.status()).isEqualTo(400);
    assertThat(other.error()).containsEntry("param", "page");
    Answer expanded = search(INTENTS, query, "&expand[]=data.customer&limit=1");
    assertThat(expanded.status()).isEqualTo(200);
    assertThat(search(INTENTS, query, "&expand[]=data.nothing").status()).isEqualTo(400);
  }

  @Test
  void what_cannot_be_asked_is_refused() {
    for (String query :
        List.of(
            "nothing:'a'",
            "amount~'123'",
            "amount:'abc'",
            "status>'a'",
            "status:null AND",
            "email:'a@example.com'",
            "metadata['a']~'abc'",
            "metadata['a']>1",
            "customer~'cus'",
            "amount:null",
            "amount>1 AND status:'a' OR currency:'usd'")) {
      Answer refused = search(INTENTS, query, "");
      assertThat(refused.status()).as(query).isEqualTo(400);
      assertThat(refused.error()).as(query).containsEntry("param", "query");
    }
    assertThat(search(CUSTOMERS, "email~'ab'", "").error()).containsEntry("param", "query");
    assertThat(search(CHARGES, "refunded:'maybe'", "").error()).containsEntry("param", "query");
  }

  @Test
  void another_account_and_a_page_find_nothing() {
    intent(900);
    String path =
        INTENTS
            + "?query="
            + URLEncoder.encode("metadata['mark']:'" + mark + "'", StandardCharsets.UTF_8);
    Answer other =
        gateway.send(
            gateway.request(path).setHeader("Authorization", "Bearer " + gateway.otherKey.text()));
    assertThat(other.data()).isEmpty();
    Answer live =
        gateway.send(
            gateway.request(path).setHeader("Authorization", "Bearer " + gateway.liveKey.text()));
    assertThat(live.data()).isEmpty();
    Answer page =
        gateway.send(
            gateway
                .request(path)
                .setHeader("Authorization", "Bearer " + gateway.publishableKey.text()));
    assertThat(page.status()).isEqualTo(403);
  }
}
