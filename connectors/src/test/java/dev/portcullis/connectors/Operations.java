package dev.portcullis.connectors;

import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderOperation.Authorize;
import dev.portcullis.connectors.spi.ProviderOperation.Lookup;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.kit.Money;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One of each thing that a provider can be asked, in all its forms. */
public final class Operations {

  public static final Money AMOUNT = Money.of(1_999, "usd");
  public static final Money NOTHING = Money.of(0, "usd");

  /** The provider's name for the authorization, and for what follows it. */
  public static final String AUTHORIZATION = "ref_auth";

  public static final String OWN = "ref_own";

  public static final Shopper SHOPPER =
      new Shopper(
          "Jenny Rosen",
          "jenny@example.com",
          "+15550100",
          new Shopper.Address("1 Main Street", "Flat 2", "Dublin", "D", "D02", "IE"),
          "203.0.113.7");

  public static final Challenge CHALLENGE =
      new Challenge(
          Challenge.Wish.IF_NEEDED,
          "https://shop.example/r",
          new Challenge.Browser("Mozilla/5.0", "text/html", "en-GB"));

  public static final Authorize PAY = authorize(AMOUNT, true, CardUse.ONCE, SHOPPER, CHALLENGE);
  public static final Authorize RESERVE =
      authorize(AMOUNT, false, CardUse.STORE, Shopper.UNKNOWN, Challenge.ifNeeded("https://a/r"));
  public static final Authorize VERIFY =
      authorize(NOTHING, false, CardUse.STORE, SHOPPER, CHALLENGE);
  public static final Authorize AGAIN =
      authorize(AMOUNT, true, new CardUse(Initiator.MERCHANT, false, "ntx_1"), SHOPPER, CHALLENGE);
  public static final ProviderOperation.Complete COMPLETE =
      new ProviderOperation.Complete(
          "op_5", "op_1", AMOUNT, true, AUTHORIZATION, Map.of("redirectResult", "X6XtfGC3!Y..."));
  public static final ProviderOperation.Complete COMPLETE_RESERVE =
      new ProviderOperation.Complete(
          "op_5", "op_1", AMOUNT, false, AUTHORIZATION, Map.of("redirectResult", "X6XtfGC3!Y..."));
  public static final ProviderOperation.Capture CAPTURE =
      new ProviderOperation.Capture("op_2", AUTHORIZATION, AMOUNT);
  public static final ProviderOperation.Cancel CANCEL =
      new ProviderOperation.Cancel("op_3", AUTHORIZATION, null);
  public static final ProviderOperation.Cancel REVERSE =
      new ProviderOperation.Cancel("op_3", AUTHORIZATION, AMOUNT);
  public static final ProviderOperation.Refund REFUND =
      new ProviderOperation.Refund("op_4", AUTHORIZATION, AMOUNT);

  private static final List<ProviderOperation> ALL =
      List.of(
          PAY,
          RESERVE,
          VERIFY,
          AGAIN,
          wishing(Challenge.Wish.ALWAYS),
          wishing(Challenge.Wish.QUESTION),
          wishing(Challenge.Wish.NEVER),
          COMPLETE,
          COMPLETE_RESERVE,
          CAPTURE,
          CANCEL,
          REVERSE,
          REFUND,
          new ProviderOperation.SubmitEvidence(
              "op_6", "dsp_1", false, Map.of("customer_name", "Ada")),
          new ProviderOperation.AcceptDispute("op_7", "dsp_1"),
          lookup("op_1", OperationKind.AUTHORIZE, AMOUNT, AUTHORIZATION),
          lookup("op_1", OperationKind.AUTHORIZE, AMOUNT, null),
          lookup("op_1", OperationKind.AUTHORIZE, NOTHING, AUTHORIZATION),
          lookup("op_1", OperationKind.AUTHORIZE, NOTHING, null),
          lookup("op_2", OperationKind.CAPTURE, AMOUNT, null),
          lookup("op_2", OperationKind.CAPTURE, AMOUNT, OWN),
          lookup("op_3", OperationKind.CANCEL, null, null),
          lookup("op_3", OperationKind.CANCEL, AMOUNT, null),
          lookup("op_3", OperationKind.CANCEL, AMOUNT, OWN),
          lookup("op_4", OperationKind.REFUND, AMOUNT, null),
          lookup("op_4", OperationKind.REFUND, AMOUNT, OWN),
          new Lookup("op_6", OperationKind.SUBMIT_EVIDENCE, null, null, "dsp_1"),
          new Lookup("op_7", OperationKind.ACCEPT_DISPUTE, null, null, "dsp_1"));

  private Operations() {}

  /** What this connector may be asked. */
  static List<ProviderOperation> of(Connector connector) {
    Set<Manifest.Feature> features = connector.manifest().features();
    boolean verifies = features.contains(Manifest.Feature.VERIFICATION);
    boolean answers = features.contains(Manifest.Feature.DISPUTE_RESPONSE);
    return ALL.stream()
        .filter(op -> connector.manifest().refusal(op).isEmpty())
        .filter(op -> answers || !isResponse(op.kind()))
        .filter(op -> verifies || !(op instanceof Lookup && NOTHING.equals(op.amount())))
        .toList();
  }

  private static boolean isResponse(OperationKind kind) {
    return kind == OperationKind.SUBMIT_EVIDENCE || kind == OperationKind.ACCEPT_DISPUTE;
  }

  /** What it may not. */
  static List<ProviderOperation> refusedBy(Connector connector) {
    return ALL.stream().filter(op -> connector.manifest().refusal(op).isPresent()).toList();
  }

  public static Lookup lookup(
      String id, OperationKind kind, @Nullable Money amount, @Nullable String own) {
    return new Lookup(
        id, kind, amount, own, kind == OperationKind.AUTHORIZE ? null : AUTHORIZATION);
  }

  public static Authorize authorize(
      Money amount, boolean capture, CardUse use, Shopper shopper, Challenge challenge) {
    return new Authorize("op_1", amount, capture, use, shopper, challenge);
  }

  public static Authorize wishing(Challenge.Wish wish) {
    return authorize(
        AMOUNT,
        true,
        CardUse.ONCE,
        SHOPPER,
        new Challenge(wish, CHALLENGE.returnUrl(), CHALLENGE.browser()));
  }
}
