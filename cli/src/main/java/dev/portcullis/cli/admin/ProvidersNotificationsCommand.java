package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code providers notifications}: telling a provider where its notifications go. */
@Command(
    name = "notifications",
    description = {
      "Have a provider told by its own API where its notifications go, or ask whether it knows.",
      "The vault does it, by the forward policy; you are signed in there, and at the gateway"
          + " unless you say --url."
    },
    subcommands = {
      ProvidersNotificationsCommand.Check.class,
      ProvidersNotificationsCommand.Register.class,
      ProvidersNotificationsCommand.Remove.class,
      ProvidersNotificationsCommand.Left.class,
      ProvidersNotificationsCommand.Close.class
    })
final class ProvidersNotificationsCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** One of the three. */
  abstract static class OfProvider extends AdminCommand {

    @Parameters(paramLabel = "NAME", description = "The provider account.")
    private String name = "";

    @Option(
        names = "--account",
        paramLabel = "ID",
        description = "For whom; the sandbox's account otherwise.")
    private @Nullable String account;

    @Option(names = "--live", description = "It moves real money.")
    private boolean live;

    @Option(
        names = "--url",
        paramLabel = "URL",
        description =
            "Where they go; the address that providers list names otherwise. The forward policy"
                + " has to name it.")
    private @Nullable String url;

    abstract String verb();

    abstract int tell(Map<String, @Nullable Object> answer);

    @Override
    public Integer call() {
      String whose = account == null ? only() : account;
      Map<String, @Nullable Object> body = new LinkedHashMap<>();
      body.put("provider_account", name);
      body.put("account", whose);
      body.put("livemode", live);
      body.put("url", url == null ? address(whose) : url);
      return tell(signedIn(Zone.VAULT).post("providers/notifications/" + verb(), body));
    }

    private String only() {
      if (InstanceState.running(options().home().home()).facts().get("account")
          instanceof String id) {
        return id;
      }
      throw new Refusal("Say for whom with --account; `status` names the account.");
    }

    private String address(String whose) {
      String query = "providers?livemode=" + live + "&account=" + whose;
      for (Map<String, @Nullable Object> provider : data(signedIn(Zone.GATEWAY).get(query))) {
        if (name.equals(provider.get("name"))) {
          if (provider.get("notifications_url") instanceof String there) {
            return there;
          }
          throw new Refusal(name + " tells nothing by itself.");
        }
      }
      throw new Refusal(
          "There is no provider account %s in %s mode; `providers list` says which there are."
              .formatted(name, live ? "live" : "test"));
    }

    /** What is known of it, in words; 0 where it is registered. */
    int show(Map<String, @Nullable Object> answer, String... more) {
      List<String> lines = new ArrayList<>();
      String outcome = text(answer, "outcome");
      lines.add(
          switch (outcome) {
            case "registered" -> name + " is told to send to " + text(answer, "url") + ids(answer);
            case "inactive" ->
                name + " knows " + text(answer, "url") + " and sends nothing there" + ids(answer);
            case "not_there" -> name + " does not know " + text(answer, "url");
            case "half_registered" -> name + " is half registered: " + half(answer) + ids(answer);
            case "proposed" -> name + " still sends to " + text(answer, "url");
            case "removed" -> name + " sends to " + text(answer, "url") + " no more" + ids(answer);
            default -> name + " could not be asked: " + reason(answer);
          });
      lines.addAll(List.of(more));
      print(answer, String.join(System.lineSeparator(), lines));
      return List.of("registered", "proposed", "removed").contains(outcome) ? 0 : 1;
    }

    private static String half(Map<String, @Nullable Object> answer) {
      return switch (text(answer, "reason")) {
        case "secret_not_kept" ->
            "it may send already, and what it signs with is not kept; register it again";
        case "secret_waits" ->
            "another administrator has not confirmed yet what it signs with; see vault changes";
        case "secret_gone" -> "what it signs with is not in the vault any more; register it again";
        case "there_twice" -> "it sends everything twice; register it again";
        default -> reason(answer) + "; register it again";
      };
    }

    private static String reason(Map<String, @Nullable Object> answer) {
      return text(answer, "reason")
          + (answer.get("status") == null ? "" : ", HTTP " + answer.get("status"));
    }

    private static String ids(Map<String, @Nullable Object> answer) {
      return answer.get("ids") instanceof List<?> ids && !ids.isEmpty()
          ? " (" + String.join(", ", ids.stream().map(String::valueOf).toList()) + ")"
          : "";
    }
  }

  /** {@code providers notifications check}. */
  @Command(
      name = "check",
      description = "Ask a provider whether it sends its notifications here; else ends with 1.")
  static final class Check extends OfProvider {
    @Override
    String verb() {
      return "check";
    }

    @Override
    int tell(Map<String, @Nullable Object> answer) {
      return show(answer);
    }
  }

  /** {@code providers notifications register}. */
  @Command(
      name = "register",
      description = {
        "Have a provider send its notifications here. A signing secret that it makes goes into the"
            + " vault: the first one is used at once, of every other one another administrator"
            + " says so."
      })
  static final class Register extends OfProvider {
    @Override
    String verb() {
      return "register";
    }

    @Override
    int tell(Map<String, @Nullable Object> answer) {
      if (!(answer.get("secret") instanceof Map<?, ?> secret)) {
        return show(
            answer,
            "registered".equals(answer.get("outcome"))
                ? "If notifications are refused, their signing secret is another one than the"
                    + " vault's: remove this one, and register again."
                : "");
      }
      String kept =
          "What they are signed with is secret://%s version %s."
              .formatted(secret.get("name"), secret.get("version"));
      return secret.get("change") instanceof Map<?, ?> change
          ? show(answer, kept, VaultChangesCommand.proposed(this, object(change)))
          : show(answer, kept);
    }
  }

  /** {@code providers notifications remove}. */
  @Command(
      name = "remove",
      description = {
        "Have a provider send its notifications here no more. Another administrator confirms it"
            + " first; then say it again."
      })
  static final class Remove extends OfProvider {
    @Override
    String verb() {
      return "remove";
    }

    @Override
    int tell(Map<String, @Nullable Object> answer) {
      return answer.get("change") instanceof Map<?, ?> change
          ? show(
              answer,
              VaultChangesCommand.proposed(this, object(change)),
              "Then say this command again.")
          : show(answer);
    }
  }

  /** {@code providers notifications left}. */
  @Command(
      name = "left",
      description = "Show the notifications that a person has to see to, and why.")
  static final class Left extends ReconcileOfAccount {
    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer = signedIn(Zone.GATEWAY).get("notifications" + query());
      List<String> lines = new ArrayList<>();
      for (Map<String, @Nullable Object> each : data(answer)) {
        lines.add(
            "%s%n    %s  %s  %s"
                .formatted(
                    text(each, "id"),
                    time(each, "received", ""),
                    text(each, "provider"),
                    text(each, "why")));
      }
      if (lines.isEmpty()) {
        lines.add("No notification waits for a person.");
      }
      if (Boolean.TRUE.equals(answer.get("has_more"))) {
        lines.add("There are more; these are the oldest.");
      }
      print(answer, String.join(System.lineSeparator(), lines));
      return 0;
    }
  }

  /** {@code providers notifications close}. */
  @Command(
      name = "close",
      description = "Say that you have seen to a notification; nothing else changes by it.")
  static final class Close extends AccountCommand {

    @Parameters(index = "0", paramLabel = "NOTIFICATION", description = "One of left.")
    private String notification = "";

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        required = true,
        description = "What you did about it; it stands in the audit trail.")
    private String reason = "";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> body = body();
      body.put("reason", reason);
      Map<String, @Nullable Object> answer =
          signedIn(Zone.GATEWAY).post("notifications/" + notification + "/close", body);
      print(answer, notification + " is closed.");
      return 0;
    }
  }
}
