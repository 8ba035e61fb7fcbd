package dev.portcullis.simulator.braintree;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.CardData;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Operation.Authorization;
import dev.portcullis.simulator.Operation.Kind;
import dev.portcullis.simulator.Operation.Movement;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Tree;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.GraphQLError;
import graphql.GraphqlErrorBuilder;
import graphql.execution.DataFetcherResult;
import graphql.schema.DataFetcher;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.GraphQLScalarType;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeRuntimeWiring;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code POST /graphql}: any query of the part of Braintree's schema that is here. */
final class GraphQlApi {
  private static final String NOT_FOUND = "NOT_FOUND";
  private static final String FRESH = "fresh";

  private final Desk desk;
  private final Transactions transactions;
  private final Tokens tokens;
  private @Nullable GraphQL engine;

  GraphQlApi(Desk desk, Transactions transactions, Tokens tokens) {
    this.desk = desk;
    this.transactions = transactions;
    this.tokens = tokens;
  }

  Answer answer(Call call) {
    Tree body = new Tree(call.body());
    String query = call.body().get("query") instanceof String text ? text : "";
    @SuppressWarnings("unchecked") // the JSON reader makes no other maps
    Map<String, Object> variables =
        call.body().get("variables") instanceof Map<?, ?> given
            ? (Map<String, Object>) given
            : Map.of();
    ExecutionInput.Builder input =
        ExecutionInput.newExecutionInput()
            .query(query)
            .variables(variables)
            .graphQLContext(Map.of(FRESH, call.reference()));
    String operation = body.at("operationName").text();
    if (operation != null) {
      input.operationName(operation);
    }
    // The step of the books is this thread's.
    ExecutionResult result = engine().execute(input.build());
    return new Answer(200, rendered(result));
  }

  private static Map<String, @Nullable Object> rendered(ExecutionResult result) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    if (!result.getErrors().isEmpty()) {
      body.put("errors", result.getErrors().stream().map(GraphQlApi::rendered).toList());
    }
    body.put("data", result.toSpecification().get("data"));
    body.put("extensions", Map.of("requestId", "8fdcb2ee-6b6d-4d1c-8c4b-6c2f6a1f3a55"));
    return body;
  }

  /** An error of the query itself has no class yet. */
  private static Map<String, @Nullable Object> rendered(GraphQLError error) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("message", error.getMessage());
    body.put("path", error.getPath());
    Map<String, Object> extensions = error.getExtensions();
    boolean own = extensions != null && extensions.containsKey("errorClass");
    body.put(
        "extensions",
        own ? extensions : Map.of("errorClass", "VALIDATION", "errorType", "developer_error"));
    return body;
  }

  /** What is answered to a key that is missing or wrong: with 200, like everything. */
  static Answer unauthorized() {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("message", "Authentication credentials are invalid.");
    error.put("extensions", Map.of("errorClass", "AUTHENTICATION", "errorType", "user_error"));
    body.put("data", null);
    body.put("errors", List.of(error));
    return new Answer(200, body);
  }

  /** Made with the first query: most simulators see none. */
  private synchronized GraphQL engine() {
    if (engine == null) {
      engine =
          GraphQL.newGraphQL(
                  new SchemaGenerator()
                      .makeExecutableSchema(new SchemaParser().parse(schema()), wiring()))
              .build();
    }
    return engine;
  }

  private static String schema() {
    try (InputStream in = GraphQlApi.class.getResourceAsStream("schema.graphql");
        Reader reader = new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8)) {
      return reader.readAllAsString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RuntimeWiring wiring() {
    RuntimeWiring.Builder wiring =
        RuntimeWiring.newRuntimeWiring()
            .type("Query", type -> query(type))
            .type("Mutation", type -> mutation(type))
            .type("Search", type -> type.dataFetcher("transactions", this::search));
    for (String name :
        List.of("Amount", "CountryCode", "CurrencyCodeAlpha", "ECommerceIndicator", "Timestamp")) {
      wiring.scalar(text(name));
    }
    for (String name :
        List.of(
            "Node",
            "Payment",
            "PaymentStatusEvent",
            "PaymentMethodSnapshot",
            "TransactionReversal")) {
      wiring.type(
          TypeRuntimeWiring.newTypeWiring(name)
              .typeResolver(
                  environment -> {
                    Map<?, ?> tree = Objects.requireNonNull(environment.getObject());
                    return environment
                        .getSchema()
                        .getObjectType(String.valueOf(tree.get(GraphQlView.TYPE)));
                  })
              .build());
    }
    return wiring.build();
  }

  private TypeRuntimeWiring.Builder query(TypeRuntimeWiring.Builder type) {
    return type.dataFetcher("ping", environment -> "pong")
        .dataFetcher("search", environment -> Map.of())
        .dataFetcher("node", this::node);
  }

  private TypeRuntimeWiring.Builder mutation(TypeRuntimeWiring.Builder type) {
    return type.dataFetcher("tokenizeCreditCard", payload(this::tokenize))
        .dataFetcher("authorizeCreditCard", payload((input, key) -> pay(input, key, false)))
        .dataFetcher("chargeCreditCard", payload((input, key) -> pay(input, key, true)))
        .dataFetcher("captureTransaction", payload(this::capture))
        .dataFetcher("reverseTransaction", payload(this::reverse))
        .dataFetcher("refundTransaction", payload(this::refund));
  }

  /** Texts, and numbers where somebody writes amounts so. */
  private static GraphQLScalarType text(String name) {
    return GraphQLScalarType.newScalar()
        .name(name)
        .coercing(graphql.Scalars.GraphQLString.getCoercing())
        .build();
  }

  /** What a mutation does with its input, under a key. */
  private interface Work {
    Map<String, @Nullable Object> of(Tree input, String key);
  }

  /** A mutation's answer, with the caller's own id for it. */
  private static DataFetcher<Object> payload(Work work) {
    return environment -> {
      Tree input = new Tree(environment.getArgument("input"));
      try {
        Map<String, @Nullable Object> payload =
            new LinkedHashMap<>(work.of(input, key(environment, input)));
        payload.put("clientMutationId", input.at("clientMutationId").text());
        return payload;
      } catch (Refused refused) {
        return DataFetcherResult.newResult().error(error(environment, refused)).build();
      }
    };
  }

  /** Without a key each mutation is another. */
  private static String key(DataFetchingEnvironment environment, Tree input) {
    String key = input.at("apiRequestKey").text();
    return key == null
        ? environment.getGraphQlContext().get(FRESH)
            + environment.getExecutionStepInfo().getPath().toString()
        : key;
  }

  private static GraphQLError error(DataFetchingEnvironment environment, Refused refused) {
    Map<String, Object> extensions = new LinkedHashMap<>();
    extensions.put("errorType", "user_error");
    if (refused.status() == 404) {
      extensions.put("errorClass", NOT_FOUND);
    } else {
      extensions.put("errorClass", "VALIDATION");
      extensions.put("inputPath", List.of("input"));
      if (refused.code().matches("[0-9]{5}")) {
        extensions.put("legacyCode", refused.code());
      }
    }
    return GraphqlErrorBuilder.newError(environment)
        .message("%s", String.valueOf(refused.getMessage()))
        .extensions(extensions)
        .build();
  }

  private Map<String, @Nullable Object> tokenize(Tree input, String key) {
    Tree given = input.at("creditCard");
    CardData card =
        new CardData(
            Transactions.number(given),
            given.at("expirationMonth").scalar(),
            given.at("expirationYear").scalar(),
            given.at("cvv").text());
    transactions.requireCard(card);
    String token =
        tokens.keep(card, !given.at("billingAddress").isAbsent(), desk.clock().instant());
    return Map.of(
        "paymentMethod",
        Map.of(
            GraphQlView.TYPE,
            "PaymentMethod",
            "id",
            token,
            "legacyId",
            token,
            "usage",
            "SINGLE_USE",
            "createdAt",
            desk.clock().instant().toString()));
  }

  private Map<String, @Nullable Object> pay(Tree input, String key, boolean capture) {
    Tree transaction = input.at("transaction");
    Tree vault = input.at("options", "externalVault");
    Transactions.Wanted wanted =
        new Transactions.Wanted(
            key,
            transaction.at("amount").text(),
            transaction.at("merchantAccountId").text(),
            transaction.at("orderId").text(),
            capture,
            "WILL_VAULT".equals(vault.at("status").text()),
            vault.at("verifyingNetworkTransactionId").text(),
            !input.at("options", "billingAddress").isAbsent(),
            !transaction.at("threeDSecurePassThrough", "cavv").isAbsent());
    return paid(
        transactions
            .earlier(wanted)
            .orElseGet(
                () ->
                    transactions.pay(
                        wanted,
                        tokens.use(input.at("paymentMethodId").text(), desk.clock().instant()))));
  }

  private Map<String, @Nullable Object> paid(Authorization payment) {
    return Map.of("transaction", GraphQlView.tree(transactions.shown(payment)));
  }

  private Authorization payment(Tree input) {
    return GraphQlView.legacyId(input.at("transactionId").scalar())
        .map(transactions::payment)
        .orElseThrow(() -> new Refused(404, NOT_FOUND, "There is no such transaction.", null));
  }

  private Map<String, @Nullable Object> capture(Tree input, String key) {
    String amount = input.at("transaction", "amount").text();
    return paid(
        transactions.capture(
            payment(input), key, amount == null ? input.at("amount").text() : amount));
  }

  private Map<String, @Nullable Object> reverse(Tree input, String key) {
    Authorization payment = payment(input);
    boolean refund =
        transactions
            .earlier(key, payment)
            .map(earlier -> earlier.kind() == Kind.REFUND)
            .orElseGet(() -> transactions.shown(payment).status().equals("SETTLED"));
    return Map.of(
        "reversal",
        GraphQlView.tree(
            refund
                ? transactions.shown(transactions.refund(payment, key, null, null), payment)
                : transactions.shown(transactions.cancel(payment, key))));
  }

  private Map<String, @Nullable Object> refund(Tree input, String key) {
    Authorization payment = payment(input);
    Movement refund =
        transactions.refund(
            payment,
            key,
            input.at("refund", "amount").text(),
            input.at("refund", "orderId").text());
    return Map.of("refund", GraphQlView.tree(transactions.shown(refund, payment)));
  }

  private @Nullable Object node(DataFetchingEnvironment environment) {
    String id = environment.getArgument("id");
    Optional<Operation> found =
        GraphQlView.legacyId(String.valueOf(id)).flatMap(transactions::find);
    if (found.isEmpty()) {
      return DataFetcherResult.newResult()
          .error(
              error(
                  environment,
                  new Refused(404, NOT_FOUND, "An object with this ID was not found.", null)))
          .build();
    }
    return GraphQlView.tree(transactions.shown(found.get()));
  }

  private Object search(DataFetchingEnvironment environment) {
    Tree input = new Tree(environment.getArgument("input"));
    String orderId = input.at("orderId", "is").scalar();
    Integer first = environment.getArgument("first");
    List<Map<String, Object>> edges =
        transactions.named(orderId).stream()
            .limit(first == null ? 50 : Math.max(0, first))
            .map(
                shown ->
                    Map.<String, Object>of(
                        "cursor", shown.legacyId(), "node", GraphQlView.tree(shown)))
            .toList();
    return Map.of("edges", edges, "pageInfo", Map.of("hasNextPage", false));
  }
}
