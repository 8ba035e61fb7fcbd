package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Zone;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code providers}: the accounts at payment providers; alone, it shows its commands. */
@Command(
    name = "providers",
    description = "Connect accounts at payment providers, pause them, and see how they do.",
    subcommands = {
      ProvidersPolicyCommand.class,
      ProvidersNotificationsCommand.class,
      ProvidersScorecardCommand.class,
      ProvidersScorecardCommand.Attest.class,
      ProvidersCommand.ListProviders.class,
      ProvidersCommand.Add.class,
      ProvidersCommand.Update.class,
      ProvidersCommand.Pause.class,
      ProvidersCommand.Resume.class
    })
public final class ProvidersCommand implements Runnable {

  private static final String PATH = "providers";
  private static final String COLUMNS = "%-24s  %-14s  %-7s  %-13s  %-26s  %s";

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** A command about the provider accounts of one account and mode. */
  abstract static class OfAccount extends AdminCommand {

    @Option(
        names = "--account",
        paramLabel = "ID",
        description = "Whose; needed only where there are several accounts.")
    private @Nullable String account;

    @Option(names = "--live", description = "Those that move real money.")
    private boolean live;

    AdminClient gateway() {
      return signedIn(Zone.GATEWAY);
    }

    boolean live() {
      return live;
    }

    String query() {
      return "?livemode=" + live + (account == null ? "" : "&account=" + account);
    }

    Map<String, @Nullable Object> body() {
      Map<String, @Nullable Object> body = new LinkedHashMap<>();
      body.put("livemode", live);
      if (account != null) {
        body.put("account", account);
      }
      return body;
    }

    void show(Map<String, @Nullable Object> provider) {
      print(provider, table(List.of(provider)));
    }
  }

  /** What can be said of a provider account, as options. */
  static final class Terms {

    @Option(
        names = "--place",
        paramLabel = "N",
        description = "The smaller, the sooner it is asked where no routing rule says otherwise.")
    private @Nullable Integer place;

    @Option(
        names = "--fee",
        paramLabel = "BASIS_POINTS",
        description = "Hundredths of a percent that it keeps of each charge, such as 290.")
    private @Nullable Integer fee;

    @Option(
        names = "--fee-fixed",
        paramLabel = "CENTS",
        description = "What it keeps of each charge besides, in hundredths of the main unit.")
    private @Nullable Integer feeFixed;

    @Option(
        names = "--fee-dispute",
        paramLabel = "CENTS",
        description = "What a dispute costs, in hundredths of the main unit.")
    private @Nullable Integer feeDispute;

    @Option(
        names = "--available-after",
        paramLabel = "DAYS",
        description = "After so many days a charge's money is available.")
    private @Nullable Integer days;

    void into(Map<String, @Nullable Object> body) {
      put(body, "place", place);
      put(body, "fee_basis_points", fee);
      put(body, "fee_fixed", feeFixed);
      put(body, "fee_dispute", feeDispute);
      put(body, "available_after_days", days);
    }

    private static void put(
        Map<String, @Nullable Object> body, String name, @Nullable Integer value) {
      if (value != null) {
        body.put(name, value);
      }
    }
  }

  /** {@code providers list}. */
  @Command(
      name = "list",
      description = "Say which provider accounts there are, in the order in which they are asked.")
  static final class ListProviders extends OfAccount {

    @Override
    public Integer call() {
      Map<String, @Nullable Object> providers = gateway().get(PATH + query());
      List<Map<String, @Nullable Object>> data = data(providers);
      print(
          providers,
          data.isEmpty()
              ? "No provider account is connected in %s mode: no payment can be made."
                  .formatted(live() ? "live" : "test")
              : table(data));
      return 0;
    }
  }

  /** {@code providers add}. */
  @Command(
      name = "add",
      description = {
        "Connect an account at a provider. New payments go there as soon as its forward policy and"
            + " its secrets are in the vault; add it --paused to have it wait."
      })
  static final class Add extends OfAccount {

    @Parameters(
        index = "0",
        paramLabel = "NAME",
        description = "Your name for it, the one that its forward policy has; it stays for ever.")
    private String name = "";

    @Option(
        names = "--connector",
        required = true,
        paramLabel = "NAME",
        description = "What speaks to it, such as stripe, adyen or paypal.")
    private String connector = "";

    @Option(names = "--paused", description = "Send no new payments there yet.")
    private boolean paused;

    @Mixin private Terms terms = new Terms();

    @Override
    public Integer call() {
      Map<String, @Nullable Object> body = body();
      body.put("name", name);
      body.put("connector", connector);
      body.put("paused", paused);
      terms.into(body);
      show(gateway().post(PATH, body));
      return 0;
    }
  }

  /** {@code providers update}. */
  @Command(name = "update", description = "Change a provider account's place or what it keeps.")
  static final class Update extends OfAccount {

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Mixin private Terms terms = new Terms();

    @Override
    public Integer call() {
      Map<String, @Nullable Object> body = body();
      terms.into(body);
      show(gateway().post(PATH + "/" + name, body));
      return 0;
    }
  }

  /** {@code providers pause}. */
  @Command(
      name = "pause",
      description =
          "Send no new payments to a provider account; what it has already is still captured,"
              + " refunded and looked up there.")
  static final class Pause extends Switch {
    @Override
    boolean paused() {
      return true;
    }
  }

  /** {@code providers resume}. */
  @Command(name = "resume", description = "Send new payments to a provider account again.")
  static final class Resume extends Switch {
    @Override
    boolean paused() {
      return false;
    }
  }

  /** Pauses or resumes. */
  abstract static class Switch extends OfAccount {

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    abstract boolean paused();

    @Override
    public Integer call() {
      Map<String, @Nullable Object> body = body();
      body.put("paused", paused());
      show(gateway().post(PATH + "/" + name, body));
      return 0;
    }
  }

  private static String table(List<Map<String, @Nullable Object>> providers) {
    List<String> lines = new ArrayList<>();
    lines.add(
        COLUMNS.formatted("NAME", "CONNECTOR", "PLACE", "STATE", "KEEPS OF A CHARGE", "AVAILABLE"));
    for (Map<String, @Nullable Object> provider : providers) {
      long place = AdminCommand.number(provider, "place");
      lines.add(
          COLUMNS.formatted(
              AdminCommand.text(provider, "name"),
              AdminCommand.text(provider, "connector"),
              place == Integer.MAX_VALUE ? "last" : place,
              state(provider),
              "%d.%02d %% and %d minor units"
                  .formatted(
                      AdminCommand.number(provider, "fee_basis_points") / 100,
                      AdminCommand.number(provider, "fee_basis_points") % 100,
                      AdminCommand.number(provider, "fee_fixed")),
              "after " + AdminCommand.number(provider, "available_after_days") + " days"));
    }
    for (Map<String, @Nullable Object> provider : providers) {
      if (!isConnected(provider)) {
        lines.add(
            "%s is not connected: no payment can be made there until the vault has its forward"
                    .formatted(AdminCommand.text(provider, "name"))
                + " policy, which providers policy writes.");
      }
    }
    for (Map<String, @Nullable Object> provider : providers) {
      if (provider.get("notifications_url") instanceof String url) {
        lines.add(
            "%s tells by itself what became of payments at %s"
                .formatted(AdminCommand.text(provider, "name"), url));
      }
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String state(Map<String, @Nullable Object> provider) {
    if (Boolean.TRUE.equals(provider.get("paused"))) {
      return "paused";
    }
    return isConnected(provider) ? "active" : "not connected";
  }

  /** Unless the gateway is sure that it is not: it may not reach the vault just now. */
  private static boolean isConnected(Map<String, @Nullable Object> provider) {
    return !Boolean.FALSE.equals(provider.get("connected"));
  }
}
