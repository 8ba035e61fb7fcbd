package dev.portcullis.simulator.braintree;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.CardData;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Operation.Authorization;
import dev.portcullis.simulator.Operation.Movement;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code /merchants/ID/transactions…}: what Braintree's official clients call. The names of a
 * request's elements come in their two spellings, {@code orderId} and {@code order-id}.
 */
final class XmlApi {
  private static final String PATH = "/merchants/{merchant}/transactions";
  private static final Set<String> OF_THE_CARD =
      Set.of("number", "cvv", "expiration_month", "expiration_year");

  private final Desk desk;
  private final Transactions transactions;
  private final Tokens tokens;

  XmlApi(Desk desk, Transactions transactions, Tokens tokens) {
    this.desk = desk;
    this.transactions = transactions;
    this.tokens = tokens;
  }

  /** Adds them. */
  void routes() {
    desk.post(PATH + "/advanced_search_ids", "search", this::searchIds)
        .post(PATH + "/advanced_search", "search", this::search)
        .post(PATH, "authorize", call -> answered(call, this::sale))
        .get(PATH + "/{id}", "lookup", this::find)
        .put(PATH + "/{id}/submit_for_settlement", "capture", call -> answered(call, this::capture))
        .put(PATH + "/{id}/void", "void", call -> answered(call, this::cancel))
        .post(PATH + "/{id}/refund", "refund", call -> answered(call, this::refund))
        .put(PATH + "/{id}/settle", "settle", call -> answered(call, this::settle));
  }

  private interface Work {
    Shown of(Call call, Tree transaction);
  }

  private Answer answered(Call call, Work work) {
    try {
      Shown shown = work.of(call, new Tree(call.body()).at("transaction"));
      return switch (shown.history().getFirst().status()) {
        case "PROCESSOR_DECLINED", "GATEWAY_REJECTED", "FAILED" -> declined(shown);
        default ->
            new Answer(
                call.method().equals("POST") ? 201 : 200,
                Map.of("transaction", XmlView.transaction(shown)));
      };
    } catch (Refused refused) {
      if (refused.status() == 404) {
        throw refused;
      }
      return invalid(refused);
    }
  }

  private static Answer declined(Shown shown) {
    Shown.Event first = shown.history().getFirst();
    String message =
        first.processor() == null ? "Gateway Rejected: fraud" : first.processor().text();
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    error.put("errors", Map.of("errors", List.of()));
    error.put("params", Map.of());
    error.put("message", message);
    error.put("transaction", XmlView.transaction(shown));
    return new Answer(422, Map.of("api-error-response", error));
  }

  private static Answer invalid(Refused refused) {
    String attribute = refused.param() == null ? "base" : refused.param();
    Map<String, @Nullable Object> fault = new LinkedHashMap<>();
    fault.put("code", refused.code());
    fault.put("attribute", attribute);
    fault.put("message", refused.getMessage());
    Map<String, Object> there = Map.of("errors", List.of(Map.of("error", fault)));
    Map<String, Object> transaction =
        OF_THE_CARD.contains(attribute) ? Map.of("errors", List.of(), "credit-card", there) : there;
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    error.put("errors", Map.of("errors", List.of(), "transaction", transaction));
    error.put("params", Map.of());
    error.put("message", refused.getMessage());
    return new Answer(422, Map.of("api-error-response", error));
  }

  private Shown sale(Call call, Tree wanted) {
    if (!"sale".equals(wanted.at("type").text())) {
      throw Transactions.invalid("91523", "Transaction type is invalid.", "type");
    }
    if (wanted.at("options", "storeInVault").isTrue()
        || wanted.at("options", "storeInVaultOnSuccess").isTrue()) {
      throw Transactions.invalid("91700", "The simulator keeps no cards.", "base");
    }
    Tree vault = wanted.at("externalVault");
    Transactions.Wanted sale =
        new Transactions.Wanted(
            call.reference(),
            wanted.at("amount").text(),
            wanted.at("merchantAccountId").text(),
            wanted.at("orderId").text(),
            wanted.at("options", "submitForSettlement").isTrue(),
            "will_vault".equals(vault.at("status").text()),
            vault.at("previousNetworkTransactionId").text(),
            !wanted.at("billing").isAbsent(),
            !wanted.at("threeDSecurePassThru", "cavv").isAbsent());
    return transactions.shown(
        transactions.earlier(sale).orElseGet(() -> transactions.pay(sale, card(wanted))));
  }

  private Tokens.Card card(Tree wanted) {
    String nonce = wanted.at("paymentMethodNonce").text();
    if (nonce != null) {
      return tokens.use(nonce, desk.clock().instant());
    }
    Tree card = wanted.at("creditCard");
    String[] date = card.at("expirationDate").scalar().split("/", 2);
    String month = date.length == 2 ? date[0] : card.at("expirationMonth").scalar();
    String year = date.length == 2 ? date[1] : card.at("expirationYear").scalar();
    return new Tokens.Card(
        new CardData(
            Transactions.number(card),
            month,
            year.length() == 2 ? "20" + year : year,
            card.at("cvv").text()),
        false);
  }

  private Answer find(Call call) {
    Operation found =
        transactions
            .find(call.variable("id"))
            .orElseThrow(() -> new Refused(404, "not_found", "There is none.", null));
    return new Answer(200, Map.of("transaction", XmlView.transaction(transactions.shown(found))));
  }

  private Shown capture(Call call, Tree body) {
    Authorization payment = transactions.payment(call.variable("id"));
    return transactions.shown(
        transactions.capture(payment, call.reference(), body.at("amount").text()));
  }

  private Shown cancel(Call call, Tree body) {
    Authorization payment = transactions.payment(call.variable("id"));
    return transactions.shown(transactions.cancel(payment, call.reference()));
  }

  private Shown refund(Call call, Tree body) {
    Authorization payment = transactions.payment(call.variable("id"));
    Movement refund =
        transactions.refund(
            payment, call.reference(), body.at("amount").text(), body.at("orderId").text());
    return transactions.shown(refund, payment);
  }

  private Shown settle(Call call, Tree body) {
    Authorization payment = transactions.payment(call.variable("id"));
    return transactions.shown(transactions.settle(payment));
  }

  private Answer searchIds(Call call) {
    Tree search = new Tree(call.body()).at("search");
    List<Map<String, String>> ids =
        transactions.named(search.at("orderId", "is").scalar()).stream()
            .map(shown -> Map.of("item", shown.legacyId()))
            .toList();
    Map<String, @Nullable Object> results = new LinkedHashMap<>();
    results.put("page-size", 50L);
    results.put("ids", ids);
    return new Answer(200, Map.of("search-results", results));
  }

  private Answer search(Call call) {
    List<Map<String, Object>> found =
        texts(new Tree(call.body()).at("search", "ids", "item")).stream()
            .flatMap(id -> transactions.find(id).stream())
            .map(
                one ->
                    Map.<String, Object>of(
                        "transaction", XmlView.transaction(transactions.shown(one))))
            .toList();
    return new Answer(200, Map.of("credit-card-transactions", found));
  }

  /** A list of one comes as a text alone. */
  private static List<String> texts(Tree there) {
    String one = there.text();
    return one == null ? there.each().stream().map(Tree::orEmpty).toList() : List.of(one);
  }
}
