package dev.portcullis.gateway.reconciliation;

import dev.portcullis.gateway.reconciliation.SettlementLine.Kind;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How providers write down what they have settled, each by the columns that its documentation
 * names; other columns may stand beside them, in any order.
 */
enum ReportFormat {

  /** This product's own, for whatever is not below: amounts in minor units. */
  CANONICAL("canonical", "id", "kind", "amount", "currency") {
    @Override
    Optional<SettlementLine> read(ReportRow row) {
      Kind kind =
          switch (row.text("kind")) {
            case "capture" -> Kind.CAPTURE;
            case "refund" -> Kind.REFUND;
            case "void" -> Kind.VOID;
            default -> throw new ReportFault("The column kind is capture, refund or void.");
          };
      Currency currency = row.currency("currency");
      return Optional.of(
          new SettlementLine(
              row.requiredId("id"),
              kind,
              row.id("reference"),
              row.id("id"),
              row.id("payment"),
              row.whole("amount", currency, currency.exponent())));
    }
  },

  /**
   * Stripe's itemized "balance change from activity" and "payout reconciliation"
   * (docs.stripe.com/reports/balance, reporting-categories): amounts are in the currency of
   * settlement, so what the customer saw counts where it is there. A capture of less is reported as
   * the whole charge and a reversal of the rest.
   */
  STRIPE(
      "stripe", "balance_transaction_id", "reporting_category", "gross", "currency", "source_id") {
    @Override
    Optional<SettlementLine> read(ReportRow row) {
      String category = row.text("reporting_category");
      Kind kind =
          switch (category) {
            case "charge", "partial_capture_reversal" -> Kind.CAPTURE;
            case "refund", "refund_failure" -> Kind.REFUND;
            default -> null;
          };
      if (kind == null) {
        return Optional.empty();
      }
      Money gross =
          row.text("customer_facing_amount").isEmpty()
              ? row.decimal("gross", "currency")
              : row.decimal("customer_facing_amount", "customer_facing_currency");
      boolean reversal =
          category.equals("partial_capture_reversal") || category.equals("refund_failure");
      return Optional.of(
          new SettlementLine(
              row.requiredId("balance_transaction_id"),
              kind,
              row.id(
                  kind == Kind.REFUND
                      ? "refund_metadata[operation]"
                      : "payment_metadata[operation]"),
              row.id("source_id"),
              row.id("payment_intent_id"),
              signed(gross, reversal)));
    }
  },

  /** Adyen's Settlement details report (docs.adyen.com/reporting/settlement-reconciliation). */
  ADYEN(
      "adyen",
      "Psp Reference",
      "Merchant Reference",
      "Type",
      "Modification Reference",
      "Gross Currency",
      "Gross Debit (GC)",
      "Gross Credit (GC)") {
    @Override
    Optional<SettlementLine> read(ReportRow row) {
      String type = row.text("Type");
      Kind kind =
          switch (type) {
            case "Settled" -> Kind.CAPTURE;
            case "Refunded", "RefundedReversed" -> Kind.REFUND;
            default -> null;
          };
      if (kind == null) {
        return Optional.empty();
      }
      String credit = row.text("Gross Credit (GC)");
      String column = credit.isEmpty() ? "Gross Debit (GC)" : "Gross Credit (GC)";
      String payment = row.requiredId("Psp Reference");
      String modification = row.id("Modification Reference");
      String modified = row.id("Modification Merchant Reference");
      return Optional.of(
          new SettlementLine(
              String.join(
                  ":",
                  payment,
                  modification == null ? "" : modification,
                  type,
                  row.text("Batch Number")),
              kind,
              modified == null && kind == Kind.CAPTURE ? row.id("Merchant Reference") : modified,
              modification,
              payment,
              signed(row.decimal(column, "Gross Currency"), type.equals("RefundedReversed"))));
    }
  },

  /**
   * PayPal's Settlement and Transaction Detail reports (developer.paypal.com, "Settlement report"):
   * the record that begins with {@code CH} names the columns, those with {@code SB} are the
   * transactions, amounts are in minor units without a sign. {@code T00…} is a payment, {@code
   * T1107} the merchant's refund, {@code T1106} PayPal's reversal.
   */
  PAYPAL(
      "paypal",
      "Transaction ID",
      "Transaction Event Code",
      "Transaction Debit or Credit",
      "Gross Transaction Amount",
      "Gross Transaction Currency") {

    /** developer.paypal.com, "Currency codes": two have no decimals there. */
    private static int decimals(Currency currency) {
      return List.of("huf", "twd").contains(currency.code()) ? 0 : currency.exponent();
    }

    @Override
    boolean isHeader(List<String> columns) {
      return columns.getFirst().equals("ch");
    }

    @Override
    boolean isData(List<String> values) {
      return values.getFirst().equals("SB");
    }

    @Override
    Optional<SettlementLine> read(ReportRow row) {
      String code = row.text("Transaction Event Code");
      boolean credit = row.text("Transaction Debit or Credit").equals("CR");
      Kind kind =
          code.startsWith("T00") && credit
              ? Kind.CAPTURE
              : List.of("T1106", "T1107").contains(code) ? Kind.REFUND : null;
      if (kind == null) {
        return Optional.empty();
      }
      Currency currency = row.currency("Gross Transaction Currency");
      return Optional.of(
          new SettlementLine(
              row.requiredId("Transaction ID"),
              kind,
              row.id("Invoice ID"),
              row.id("Transaction ID"),
              row.id("PayPal Reference ID"),
              signed(
                  row.whole("Gross Transaction Amount", currency, decimals(currency)),
                  kind == Kind.REFUND && credit)));
    }
  },

  /** Braintree's transactions as its Control Panel exports them. */
  BRAINTREE(
      "braintree",
      "Transaction ID",
      "Transaction Type",
      "Transaction Status",
      "Currency ISO Code",
      "Amount Submitted For Settlement") {
    @Override
    Optional<SettlementLine> read(ReportRow row) {
      String status = row.text("Transaction Status").toLowerCase(Locale.ROOT).replace(' ', '_');
      Kind kind =
          switch (row.text("Transaction Type").toLowerCase(Locale.ROOT)) {
            case "sale" -> Kind.CAPTURE;
            case "credit" -> Kind.REFUND;
            default -> null;
          };
      if (kind == null || !(status.equals("settled") || status.equals("settling"))) {
        return Optional.empty();
      }
      return Optional.of(
          new SettlementLine(
              row.requiredId("Transaction ID"),
              kind,
              row.id("Order ID"),
              row.id("Transaction ID"),
              row.id("Refunded Transaction ID"),
              row.decimal("Amount Submitted For Settlement", "Currency ISO Code")));
    }
  },

  /**
   * Checkout.com's Financial Actions reports (checkout.com/docs, "Financial Actions"): one record
   * for each part of an action; the parts beside {@code Capture} and {@code Refund} are fees.
   */
  CHECKOUTCOM(
      "checkoutcom",
      "Action ID",
      "Payment ID",
      "Reference",
      "Breakdown Type",
      "Processing Currency",
      "Processing Currency Amount") {
    @Override
    Optional<SettlementLine> read(ReportRow row) {
      String type = row.text("Breakdown Type");
      Kind kind =
          switch (type) {
            case "Capture" -> Kind.CAPTURE;
            case "Refund" -> Kind.REFUND;
            default -> null;
          };
      if (kind == null) {
        return Optional.empty();
      }
      String action = row.requiredId("Action ID");
      return Optional.of(
          new SettlementLine(
              action + ":" + type,
              kind,
              row.id("Reference"),
              action,
              row.id("Payment ID"),
              signed(row.decimal("Processing Currency Amount", "Processing Currency"), false)));
    }
  },

  /** Authorize.Net's download "Expanded Fields/Comma Separated" (its help, "Download to File"). */
  AUTHORIZENET(
      "authorizenet",
      "Transaction ID",
      "Transaction Status",
      "Settlement Amount",
      "Settlement Currency",
      "Transaction Type") {
    @Override
    Optional<SettlementLine> read(ReportRow row) {
      Kind kind =
          switch (row.text("Transaction Status")) {
            case "Settled Successfully" -> Kind.CAPTURE;
            case "Credited", "Refund Settled Successfully" -> Kind.REFUND;
            default -> null;
          };
      if (kind == null) {
        return Optional.empty();
      }
      boolean refund = kind == Kind.REFUND || row.text("Transaction Type").equals("Credit");
      return Optional.of(
          new SettlementLine(
              row.requiredId("Transaction ID"),
              refund ? Kind.REFUND : kind,
              null,
              row.id("Transaction ID"),
              applicable(row.text("Reference Transaction ID")),
              signed(row.decimal("Settlement Amount", "Settlement Currency"), false)));
    }
  };

  private static final String SEPARATOR = "\n";

  private final String wire;
  private final String needed;

  ReportFormat(String wire, String... needed) {
    this.wire = wire;
    this.needed = String.join(SEPARATOR, needed);
  }

  /** What a record says, or empty if it is about something else. */
  abstract Optional<SettlementLine> read(ReportRow row);

  /** Whether the columns' names stand in this record; it comes before all data. */
  boolean isHeader(List<String> columns) {
    return true;
  }

  /** Whether a record after the header is one of the report's lines. */
  boolean isData(List<String> values) {
    return true;
  }

  /** What a header lacks that this format cannot be read without. */
  List<String> missing(List<String> columns) {
    return Stream.of(needed.split(SEPARATOR, -1))
        .filter(column -> !columns.contains(ReportRow.name(column)))
        .toList();
  }

  /** The name in the API; a connector's where it is a provider's. */
  String wire() {
    return wire;
  }

  static Optional<ReportFormat> find(String wire) {
    for (ReportFormat format : values()) {
      if (format.wire.equals(wire)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /** Reports write refunds with a minus or without: what counts is which way the money went. */
  private static Money signed(Money reported, boolean takenBack) {
    long amount = Math.abs(reported.minorUnits());
    return new Money(takenBack ? -amount : amount, reported.currency());
  }

  private static @Nullable String applicable(String id) {
    return id.isEmpty() || id.equals("Not Applicable") || id.equals("0") ? null : id;
  }
}
