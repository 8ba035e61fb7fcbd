package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keys}: the API keys; alone, it shows its commands. */
@Command(
    name = "keys",
    description = "Make, change, roll and revoke API keys, and find leaked ones.",
    subcommands = {
      KeysCommand.ListKeys.class,
      KeysCommand.Show.class,
      KeysCommand.Create.class,
      KeysCommand.Update.class,
      KeysCommand.Roll.class,
      KeysCommand.Revoke.class,
      KeysCommand.Advise.class,
      ScanCommand.class,
      RevokeLeakedCommand.class,
      RotateSealingCommand.class,
      RetireSealingCommand.class
    })
public final class KeysCommand implements Runnable {

  private static final Duration VAULT_PATIENCE = Duration.ofSeconds(5);
  private static final long LOOK_AGAIN_MILLIS = 100;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** A command about one account's keys. */
  abstract static class OfAccount extends AdminCommand {

    @Option(
        names = "--account",
        paramLabel = "ID",
        description = "Whose keys; needed only where there are several accounts.")
    private @Nullable String account;

    AdminClient gateway() {
      return signedIn(Zone.GATEWAY);
    }

    /** The path with the account as its parameter. */
    String path(String path) {
      return account == null ? path : path + "?account=" + account;
    }

    /** A body that names the account. */
    Map<String, @Nullable Object> body() {
      Map<String, @Nullable Object> body = new LinkedHashMap<>();
      if (account != null) {
        body.put("account", account);
      }
      return body;
    }

    /** The key as it is once the vault has what was changed, or after a moment. */
    Map<String, @Nullable Object> settled(AdminClient gateway, Map<String, @Nullable Object> key) {
      Map<String, @Nullable Object> now = key;
      long looks = VAULT_PATIENCE.toMillis() / LOOK_AGAIN_MILLIS;
      for (long look = 0; look < looks && text(now, "vault").equals("pending"); look++) {
        pause();
        now = gateway.get(path("keys/" + text(key, "id")));
      }
      return now;
    }

    private static void pause() {
      try {
        new CountDownLatch(1).await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Refusal("Interrupted.", e);
      }
    }
  }

  /** The terms of a key, as options. */
  static final class Terms {

    @Option(
        names = "--permission",
        paramLabel = "NAME",
        description =
            "What a restricted key may do, such as charge_read; as often as needed"
                + " (docs/PERMISSIONS.md).")
    private @Nullable List<String> permissions;

    @Option(
        names = "--cidr",
        paramLabel = "BLOCK",
        description = "Addresses that it may come from, such as 203.0.113.0/24.")
    private @Nullable List<String> cidrs;

    @Option(
        names = "--expires",
        paramLabel = "WHEN",
        description = "A time (2027-01-31T00:00:00Z), a duration (90d, 24h), or never.")
    private @Nullable String expires;

    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
    private @Nullable String description;

    void into(Map<String, @Nullable Object> body, Instant now) {
      if (permissions != null) {
        body.put("permissions", permissions);
      }
      if (cidrs != null) {
        body.put("cidrs", cidrs);
      }
      if (expires != null) {
        body.put("expires_at", expires.equals("never") ? "" : end(expires, now).getEpochSecond());
      }
      if (description != null) {
        body.put("description", description);
      }
    }

    private static Instant end(String text, Instant now) {
      try {
        return Instant.parse(text);
      } catch (DateTimeParseException _) {
        return now.plus(duration(text));
      }
    }
  }

  /** A duration as people write it: 90s, 30m, 24h, 7d. */
  static Duration duration(String text) {
    try {
      String lower = text.toLowerCase(Locale.ROOT);
      return lower.endsWith("d")
          ? Duration.ofDays(Long.parseLong(lower.substring(0, lower.length() - 1)))
          : Duration.parse("PT" + lower);
    } catch (NumberFormatException | DateTimeParseException | ArithmeticException e) {
      throw new Refusal(text + " is no duration; write 90s, 30m, 24h or 7d.", e);
    }
  }

  /** {@code keys list}. */
  @Command(
      name = "list",
      description =
          "Say which keys there are, who made them, when and from where they were last used.")
  static final class ListKeys extends OfAccount {

    @Override
    public Integer call() {
      Map<String, @Nullable Object> keys = gateway().get(path("keys"));
      print(keys, KeyTable.of(data(keys)));
      return 0;
    }
  }

  /** {@code keys show}. */
  @Command(name = "show", description = "Say all about one key but the key itself.")
  static final class Show extends OfAccount {

    @Parameters(paramLabel = "ID", description = "key_...")
    private String id = "";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> key = gateway().get(path("keys/" + id));
      print(key, lines(key));
      return 0;
    }
  }

  private static String lines(Map<String, @Nullable Object> key) {
    return key.entrySet().stream()
        .filter(entry -> !entry.getKey().equals("object"))
        .map(
            entry ->
                "%-18s %s"
                    .formatted(
                        entry.getKey().replace('_', ' '),
                        entry.getKey().endsWith("_at") || entry.getKey().equals("created")
                            ? AdminCommand.time(key, entry.getKey(), "-")
                            : entry.getValue() == null ? "-" : entry.getValue()))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /** {@code keys create}. */
  @Command(name = "create", description = "Make a key; it is shown this once.")
  static final class Create extends OfAccount {

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        defaultValue = "secret",
        description = "secret, publishable or restricted (${DEFAULT-VALUE}).")
    private String kind = "secret";

    @Option(
        names = "--live",
        description = "A key that moves real money; without it, a test key is made.")
    private boolean live;

    @picocli.CommandLine.Mixin private Terms terms = new Terms();

    @Override
    public Integer call() {
      Map<String, @Nullable Object> body = body();
      body.put("kind", kind);
      body.put("livemode", live);
      terms.into(body, now());
      print(issued(this, gateway(), "keys", body));
      return 0;
    }
  }

  /** Makes a key, and shows it once the vault knows it too. */
  private static String issued(
      OfAccount command, AdminClient gateway, String path, Map<String, @Nullable Object> body) {
    Map<String, @Nullable Object> made = gateway.post(path, body);
    Map<String, @Nullable Object> settled = new LinkedHashMap<>(command.settled(gateway, made));
    settled.put("key", made.get("key"));
    return command.json()
        ? dev.portcullis.wire.json.Json.writeString(settled)
        : "%s  %s%n%s%n%s"
            .formatted(
                AdminCommand.text(settled, "id"),
                AdminCommand.text(settled, "vault").equals("done")
                    ? "(works at once)"
                    : "(pending at vault)",
                mode(settled),
                AdminCommand.text(settled, "key"));
  }

  /** Above the key, since a key of the other kind looks much the same. */
  static String mode(Map<String, @Nullable Object> key) {
    return Boolean.TRUE.equals(key.get("livemode"))
        ? "a LIVE key: it moves real money (without --live keys create makes a test key)"
        : "a TEST key: it moves no real money (keys create --live makes one that does)";
  }

  /** {@code keys update}. */
  @Command(name = "update", description = "Change what a key may do, from where and until when.")
  static final class Update extends OfAccount {

    @Parameters(paramLabel = "ID", description = "key_...")
    private String id = "";

    @picocli.CommandLine.Mixin private Terms terms = new Terms();

    @Override
    public Integer call() {
      Map<String, @Nullable Object> body = body();
      terms.into(body, now());
      AdminClient gateway = gateway();
      Map<String, @Nullable Object> key = settled(gateway, gateway.post("keys/" + id, body));
      print(key, lines(key));
      return 0;
    }
  }

  /** {@code keys roll}. */
  @Command(
      name = "roll",
      description = "Put a new key in the place of one, which goes on for a while.")
  static final class Roll extends OfAccount {

    @Parameters(paramLabel = "ID", description = "key_...")
    private String id = "";

    @Option(
        names = "--overlap",
        paramLabel = "DURATION",
        defaultValue = "24h",
        description = "How long the old one goes on: 0s to 7d (${DEFAULT-VALUE}).")
    private String overlap = "24h";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> body = body();
      body.put("overlap_seconds", duration(overlap).toSeconds());
      print(issued(this, gateway(), "keys/" + id + "/roll", body));
      return 0;
    }
  }

  /** {@code keys advise}. */
  @Command(
      name = "advise",
      description = "Say which keys are old, unused, or may more than they do.")
  static final class Advise extends OfAccount {

    @Override
    public Integer call() {
      Map<String, @Nullable Object> advice = gateway().get(path("key_advice"));
      String lines =
          data(advice).stream()
              .map(Advise::line)
              .collect(Collectors.joining(System.lineSeparator()));
      print(advice, lines.isEmpty() ? "Nothing could be better." : lines);
      return 0;
    }

    private static String line(Map<String, @Nullable Object> advice) {
      return "%-26s %-20s %s"
          .formatted(text(advice, "id"), text(advice, "hint"), text(advice, "message"));
    }
  }

  /** {@code keys revoke}. */
  @Command(
      name = "revoke",
      description = "End a key for good; prints done, or pending at vault. Exit code 0 when done.")
  static final class Revoke extends OfAccount {

    @Parameters(paramLabel = "ID", description = "key_...")
    private String id = "";

    @Override
    public Integer call() {
      AdminClient gateway = gateway();
      Map<String, @Nullable Object> key =
          settled(gateway, gateway.post("keys/" + id + "/revoke", body()));
      boolean done = text(key, "vault").equals("done");
      print(key, done ? "done" : "pending at vault");
      return done ? 0 : 1;
    }
  }
}
