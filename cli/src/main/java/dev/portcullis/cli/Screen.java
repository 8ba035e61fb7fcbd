package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.setup.SetupCodes;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a person sees when everything is ready: addresses, keys, and lines that really pay; after a
 * restore, what is to be done before anything pays.
 */
final class Screen {
  private static final String KEYS =
      """
        Secret key       ${secret}
        Publishable key  ${publishable}
      """;

  private static final String PUBLISHABLE_KEY =
      """
        Publishable key  ${publishable}
      """;

  private static final String OTHER_KEY =
      """
      The secret key that the sandbox began with was revoked, rolled, or has expired; another is made
      by somebody who is signed in:
        ${keys}

      """;

  private static final String PAY =
      """
      Pay with curl:
        curl ${curl_ca}${api}/v1/payment_intents -u ${secret}: -d amount=1999 -d currency=usd \\
          -d payment_method=pm_card_visa -d "payment_method_types[]=card" -d confirm=true

      Pay with Node (the card goes to the cards origin, the payment to the API):
        (cd "$(mktemp -d)" && npm i --silent stripe && ${node_ca}node -e '
          const at = u => ({host: new URL(u).hostname, port: new URL(u).port, protocol: new URL(u).protocol.slice(0, -1)});
          const Stripe = require("stripe"), key = "${secret}";
          const api = new Stripe(key, at("${api}")), cards = new Stripe(key, at("${cards}"));
          cards.paymentMethods.create({type: "card", card: {number: "4242424242424242", exp_month: 12, exp_year: 2034, cvc: "123"}})
            .then(card => api.paymentIntents.create({amount: 1999, currency: "usd", payment_method: card.id, payment_method_types: ["card"], confirm: true}))
            .then(paid => console.log(paid.id, paid.status))')

      Pay with Java:
        ${java} ${java_ca}-cp '${checkout}/cli/target/samples/*' '${checkout}/samples/Pay.java' ${api} ${cards} ${secret}

      """;

  private final InstanceState state;
  private final Path checkout;
  private final Standing standing;

  /**
   * @param checkout where the samples are
   * @param standing what keeps it from paying, if anything does
   */
  Screen(InstanceState state, Path checkout, Standing standing) {
    this.state = state;
    this.checkout = checkout;
    this.standing = standing;
  }

  String text() {
    String text =
        """

        ${ready}

          API              ${api}
          Cards            ${cards}
          Account          ${account}
        ${keys}
        ${people}${next}\
        """
            .replace("${keys}", keys())
            .replace("${ready}", ready())
            .replace("${people}", people())
            .replace("${next}", next());
    boolean tls = Boolean.TRUE.equals(state.facts().get("tls"));
    String ca = fact("ca");
    return text.replace("${curl_ca}", tls ? "--cacert " + ca + " " : "")
        .replace("${node_ca}", tls ? "NODE_EXTRA_CA_CERTS=" + ca + " " : "")
        .replace(
            "${java_ca}",
            tls ? "-Djavax.net.ssl.trustStoreType=PEM -Djavax.net.ssl.trustStore=" + ca + " " : "")
        .replace("${api}", fact("api"))
        .replace("${cards}", fact("cards"))
        .replace("${account}", fact("account"))
        .replace("${secret}", fact("secret_key"))
        .replace("${publishable}", fact("publishable_key"))
        .replace("${checkout}", checkout.toString())
        .replace("${java}", Path.of(System.getProperty("java.home"), "bin", "java").toString());
  }

  private String ready() {
    if (standing.sealed().isPresent()) {
      return "Portcullis runs, and its vault is SEALED: no card is taken and nothing is paid.";
    }
    return standing.paused().isPresent()
        ? "Portcullis runs, and payments are PAUSED since a restore until they are reconciled."
        : "Portcullis is ready.";
  }

  /** A sandbox has keys from the start. */
  private boolean isLive() {
    return !state.facts().containsKey("secret_key");
  }

  private String live() {
    Home home = new Home(Path.of(fact("home")));
    return """
    What stands against live payments, and API keys once somebody is signed in:
      ${doctor}
      ${keys}

    """
        .replace("${doctor}", home.command("doctor --production"))
        .replace("${keys}", home.command("keys create --live"));
  }

  private String keys() {
    if (isLive()) {
      return "";
    }
    return standing.keyRefused() ? PUBLISHABLE_KEY : KEYS;
  }

  private String sandbox() {
    Home home = new Home(Path.of(fact("home")));
    return standing.keyRefused() ? OTHER_KEY.replace("${keys}", home.command("keys create")) : PAY;
  }

  private String next() {
    String unseal = standing.sealed().map(line -> line + "\n\n").orElse("");
    String resume = standing.paused().isPresent() ? resume() : "";
    String pay = isLive() ? live() : sandbox();
    return unseal.isEmpty() && resume.isEmpty() ? pay : unseal + resume;
  }

  private String resume() {
    Home home = new Home(Path.of(fact("home")));
    return """
    Compare with what the providers know, and then let payments go on:
      ${reconcile}
      ${resume}

    """
        .replace("${reconcile}", home.command("reconcile"))
        .replace("${resume}", home.command("resume"));
  }

  /** How the first administrators begin, until somebody has. */
  private String people() {
    Home home = new Home(Path.of(fact("home")));
    if (!SetupCodes.areUnread(home)) {
      return "";
    }
    String enroll =
        Stream.of(Zone.GATEWAY, Zone.VAULT)
            .filter(zone -> SetupCodes.isUnread(home, zone))
            .map(zone -> home.command("people enroll YOUR_NAME --zone " + zone.label()))
            .collect(Collectors.joining("\n  "));
    return """
    Name the first administrator of each zone that has none, within a day. The codes are shown once,
    and each zone asks for its own when you enrol:
      ${codes}
      ${enroll}

    """
        .replace("${codes}", home.command("people setup-code"))
        .replace("${enroll}", enroll);
  }

  private String fact(String name) {
    return String.valueOf(state.facts().get(name));
  }
}
