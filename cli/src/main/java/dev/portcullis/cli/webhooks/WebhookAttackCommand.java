package dev.portcullis.cli.webhooks;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.webhooks.AttackRun.Outcome;
import dev.portcullis.cli.webhooks.AttackRun.Target;
import dev.portcullis.cli.webhooks.Attacks.Attack;
import dev.portcullis.cli.webhooks.Attacks.Scheme;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.tls.TlsContexts;
import dev.portcullis.wire.tls.TlsFileException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code webhook-attack}: sends the published attacks to a receiver. Exit code 0 when each was
 * judged as it should be, 1 otherwise.
 */
@Command(
    name = "webhook-attack",
    description = {
      "Send hostile webhooks to a receiver of your own, and some that it has to accept.",
      "They are signed with its secret, then changed: docs/webhook-attacks/attacks.json says how"
          + " and why. Use a secret for tests alone."
    })
public final class WebhookAttackCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Parameters(paramLabel = "URL", arity = "0..1", description = "Where the receiver listens.")
  private @Nullable URI url;

  @Option(
      names = "--scheme",
      required = true,
      paramLabel = "SCHEME",
      description =
          "stripe, standard, standard-asymmetric, adyen, checkout, authorizenet, braintree or"
              + " paypal.")
  private String scheme = "";

  @Mixin private SecretOption secret = new SecretOption();

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "Another value of a variable of the recipes, such as merchant=ShopECOM.")
  private Map<String, String> set = new LinkedHashMap<>();

  @Option(
      names = "--header",
      paramLabel = "\"NAME: VALUE\"",
      description = "A header that the receiver wants besides.")
  private List<String> headers = new ArrayList<>();

  @Option(names = "--only", paramLabel = "ATTACK", description = "This attack alone; repeatable.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--strict",
      description = "Also those of which sound receivers may think differently.")
  private boolean strict;

  @Option(names = "--ca", paramLabel = "FILE", description = "Authorities to trust, in PEM.")
  private @Nullable Path authorities;

  @Option(names = "--list", description = "Say which attacks there are, and send nothing.")
  private boolean list;

  @Option(names = "--json", description = "One JSON document.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<Attack> attacks = chosen();
    if (list) {
      attacks.forEach(
          each -> print("%-34s %-8s %s".formatted(each.name(), each.expected(), each.why())));
      return 0;
    }
    if (url == null || !List.of("http", "https").contains(String.valueOf(url.getScheme()))) {
      throw new Refusal("Name the receiver's address, as in http://localhost:3000/hook.");
    }
    Target target = new Target(url, secret.read(), set, more());
    try (AttackClient client = new AttackClient(TlsContexts.client(null, authorities), PATIENCE)) {
      AttackRun run = new AttackRun(client, target, InstantSource.system());
      return report(attacks.stream().map(attack -> shown(run.run(attack))).toList(), run);
    } catch (TlsFileException e) {
      throw new Refusal("The authorities in " + authorities + " cannot be used.", e);
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          "The secret is none of the scheme " + scheme + ": it wants " + wanted() + ".", e);
    }
  }

  private String wanted() {
    return scheme().secret();
  }

  private Scheme scheme() {
    Map<String, Scheme> schemes = Attacks.load().schemes();
    Scheme found = schemes.get(scheme);
    if (found == null) {
      throw new Refusal(
          "There is no scheme " + scheme + "; there are " + new TreeSet<>(schemes.keySet()) + ".");
    }
    return found;
  }

  private List<Attack> chosen() {
    List<Attack> all = scheme().attacks();
    for (String name : only) {
      if (all.stream().noneMatch(each -> each.name().equals(name))) {
        throw new Refusal("There is no attack " + name + " of " + scheme + "; see --list.");
      }
    }
    return all.stream()
        .filter(each -> only.isEmpty() ? strict || !each.strict() : only.contains(each.name()))
        .toList();
  }

  private List<Map.Entry<String, String>> more() {
    List<Map.Entry<String, String>> more = new ArrayList<>();
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw new Refusal("A header looks like \"Name: value\".");
      }
      more.add(Map.entry(header.substring(0, colon), header.substring(colon + 1).strip()));
    }
    return more;
  }

  private Outcome shown(Outcome outcome) {
    if (!json) {
      Attack attack = outcome.attack();
      print(
          "%-34s %-8s %-28s %s"
              .formatted(
                  attack.name(),
                  attack.expected(),
                  outcome.got(),
                  outcome.right() ? "ok" : "WRONG: " + attack.why()));
    }
    return outcome;
  }

  private int report(List<Outcome> outcomes, AttackRun run) {
    long wrong = outcomes.stream().filter(each -> !each.right()).count();
    boolean alike = run.kindsOfRefusal() <= 1;
    if (json) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("url", String.valueOf(url));
      document.put("scheme", scheme);
      document.put("attacks", outcomes.stream().map(WebhookAttackCommand::tree).toList());
      document.put("wrong", wrong);
      document.put("refusals_look_alike", alike);
      print(Json.writeString(document));
    } else {
      print(
          "%d of %d judged as they should be.".formatted(outcomes.size() - wrong, outcomes.size()));
      print(
          switch (run.kindsOfRefusal()) {
            case 0 -> "It refused nothing.";
            case 1 -> "All refusals look the same.";
            default ->
                "A stranger can tell %d kinds of refusal apart, and learn from them."
                    .formatted(run.kindsOfRefusal());
          });
    }
    return wrong == 0 ? 0 : 1;
  }

  private static Map<String, @Nullable Object> tree(Outcome outcome) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("name", outcome.attack().name());
    tree.put("expected", outcome.attack().expected());
    tree.put("got", outcome.got());
    tree.put("ok", outcome.right());
    tree.put("why", outcome.attack().why());
    return tree;
  }

  private void print(String line) {
    if (spec != null) {
      spec.commandLine().getOut().println(line);
      spec.commandLine().getOut().flush();
    }
  }
}
