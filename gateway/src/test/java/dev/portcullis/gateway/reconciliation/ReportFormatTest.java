package dev.portcullis.gateway.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.gateway.reconciliation.ReconciliationRun.Whose;
import dev.portcullis.gateway.reconciliation.SettlementLine.Kind;
import dev.portcullis.kit.Money;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reports in the form in which each provider writes them. */
class ReportFormatTest {

  private static ReportPart read(String source, String csv) {
    return read(source, null, csv);
  }

  private static ReportPart read(String source, @Nullable List<String> columns, String csv) {
    return ReportPart.read(
        new ReconciliationRun(
            new Whose("acct_1", true, "shop"),
            "rcn_1",
            LocalDate.of(2026, 1, 31),
            source,
            false,
            0,
            "",
            columns,
            Map.of()),
        csv);
  }

  private static SettlementLine line(
      String line,
      Kind kind,
      @Nullable String reference,
      @Nullable String providerId,
      @Nullable String parent,
      Money amount) {
    return new SettlementLine(line, kind, reference, providerId, parent, amount);
  }

  private static Money usd(long cents) {
    return Money.of(cents, "usd");
  }

  @Test
  void readsOurOwnForm() {
    ReportPart part =
        read(
            "canonical",
            """
            id,kind,reference,payment,amount,currency,remark
            c1,capture,op_1,p1,1999,USD,"two, words
            and a line"
            r1,refund,,p1,500,kwd,
            """);
    assertThat(part.records()).isEqualTo(3);
    assertThat(part.lines())
        .containsExactly(
            line("c1", Kind.CAPTURE, "op_1", "c1", "p1", usd(1_999)),
            line("r1", Kind.REFUND, null, "r1", "p1", Money.of(500, "kwd")));
  }

  /** A capture of less is the whole charge and what of it was let go. */
  @Test
  void readsStripesItemizedReports() {
    ReportPart part =
        read(
            "stripe",
            """
            balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,customer_facing_amount,customer_facing_currency,charge_id,payment_intent_id,payment_metadata[operation],refund_metadata[operation]
            txn_1,2026-01-31 10:00:00,usd,19.99,0.88,19.11,charge,ch_1,,,ch_1,pi_1,op_1,
            txn_2,2026-01-31 10:00:00,usd,-5.00,0.00,-5.00,partial_capture_reversal,ch_1,,,ch_1,pi_1,op_1,
            txn_3,2026-01-31 11:00:00,usd,-11.00,0.00,-11.00,refund,re_1,-10.00,eur,ch_2,pi_2,op_2,op_3
            txn_4,2026-01-31 12:00:00,usd,-100.00,0.00,-100.00,payout,po_1,,,,,,
            """);
    assertThat(part.lines())
        .containsExactly(
            line("txn_1", Kind.CAPTURE, "op_1", "ch_1", "pi_1", usd(1_999)),
            line("txn_2", Kind.CAPTURE, "op_1", "ch_1", "pi_1", usd(-500)),
            line("txn_3", Kind.REFUND, "op_3", "re_1", "pi_2", Money.of(1_000, "eur")));
  }

  @Test
  void readsAdyensSettlementDetails() {
    ReportPart part =
        read(
            "adyen",
            """
            Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),Modification Merchant Reference,Batch Number
            Shop,ShopECOM,PSP1,op_1,visa,2026-01-31 10:00:00,CET,Settled,MOD1,EUR,,49.90,1,EUR,,49.00,op_2,214
            Shop,ShopECOM,PSP1,op_1,visa,2026-01-31 11:00:00,CET,Refunded,MOD2,EUR,9.90,,1,EUR,9.90,,op_3,214
            Shop,ShopECOM,PSP2,op_4,visa,2026-01-31 11:00:00,CET,Settled,,JPY,,1200,1,EUR,,9.00,,214
            Shop,ShopECOM,,,,2026-01-31 12:00:00,CET,MerchantPayout,,EUR,,,1,EUR,39.00,,,214
            """);
    assertThat(part.lines())
        .containsExactly(
            line(
                "PSP1:MOD1:Settled:214",
                Kind.CAPTURE,
                "op_2",
                "MOD1",
                "PSP1",
                Money.of(4_990, "eur")),
            line(
                "PSP1:MOD2:Refunded:214",
                Kind.REFUND,
                "op_3",
                "MOD2",
                "PSP1",
                Money.of(990, "eur")),
            line("PSP2::Settled:214", Kind.CAPTURE, "op_4", null, "PSP2", Money.of(1_200, "jpy")));
  }

  /** Its amounts have no sign and no point, and its sections name their own records. */
  @Test
  void readsPayPalsSections() {
    ReportPart part =
        read(
            "paypal",
            """
            "RH","2026/02/01 01:00:00 +0000","A","MERCHANT","012"
            "FH","01"
            "SH","2026/01/31 00:00:00 +0000","2026/01/31 23:59:59 +0000","MERCHANT",""
            "CH","Transaction ID","Invoice ID","PayPal Reference ID","PayPal Reference ID Type","Transaction Event Code","Transaction Initiation Date","Transaction Completion Date","Transaction Debit or Credit","Gross Transaction Amount","Gross Transaction Currency"
            "SB","1AB","op_1","","","T0006","2026/01/31 10:00:00 +0000","2026/01/31 10:00:00 +0000","CR","1999","USD"
            "SB","2CD","op_2","1AB","TXN","T1107","2026/01/31 11:00:00 +0000","2026/01/31 11:00:00 +0000","DR","500","HUF"
            "SB","3EF","","","","T0400","2026/01/31 12:00:00 +0000","2026/01/31 12:00:00 +0000","DR","1499","USD"
            "SF","USD","CR","1999","DR","1999"
            "SC","3"
            "RF","USD","CR","1999","DR","1999"
            "RC","3"
            "FF","3"
            """);
    assertThat(part.lines())
        .containsExactly(
            line("1AB", Kind.CAPTURE, "op_1", "1AB", null, usd(1_999)),
            // Forints have two decimals here and none there.
            line("2CD", Kind.REFUND, "op_2", "2CD", "1AB", Money.of(50_000, "huf")));
  }

  @Test
  void readsBraintreesTransactions() {
    ReportPart part =
        read(
            "braintree",
            """
            Transaction ID,Transaction Type,Transaction Status,Settlement Date,Currency ISO Code,Amount Authorized,Amount Submitted For Settlement,Order ID,Refunded Transaction ID
            bt1,sale,settled,2026-01-31,USD,20.00,19.99,op_1,
            bt2,credit,Settling,2026-01-31,USD,5.00,5.00,op_2,bt1
            bt3,sale,voided,2026-01-31,USD,5.00,5.00,op_3,
            """);
    assertThat(part.lines())
        .containsExactly(
            line("bt1", Kind.CAPTURE, "op_1", "bt1", null, usd(1_999)),
            line("bt2", Kind.REFUND, "op_2", "bt2", "bt1", usd(500)));
  }

  @Test
  void readsCheckoutComsFinancialActions() {
    ReportPart part =
        read(
            "checkoutcom",
            """
            Client Entity ID,Action Type,Action ID,Payment ID,Processed On,Processing Currency,Reference,Breakdown Type,Processing Currency Amount,Holding Currency Amount
            ent_1,Capture,act_1,pay_1,2026-01-31T10:00:00,USD,op_1,Capture,19.99,19.99
            ent_1,Capture,act_1,pay_1,2026-01-31T10:00:00,USD,op_1,Scheme Variable Fee,-0.10,-0.10
            ent_1,Refund,act_2,pay_1,2026-01-31T11:00:00,USD,op_2,Refund,-5.00,-5.00
            """);
    assertThat(part.lines())
        .containsExactly(
            line("act_1:Capture", Kind.CAPTURE, "op_1", "act_1", "pay_1", usd(1_999)),
            line("act_2:Refund", Kind.REFUND, "op_2", "act_2", "pay_1", usd(500)));
  }

  @Test
  void readsAuthorizeNetsDownload() {
    ReportPart part =
        read(
            "authorizenet",
            """
            Transaction ID,Transaction Status,Settlement Amount,Settlement Currency,Settlement Date/Time,Reference Transaction ID,Transaction Type
            301244354,Settled Successfully,"1,019.99",USD,31-Jan-2026 03:26:12 PM MDT,Not Applicable,Authorization w/ Auto Capture
            301244355,Settled Successfully,5.00,USD,31-Jan-2026 03:26:12 PM MDT,301244354,Credit
            301244356,Declined,0.00,USD,,Not Applicable,Authorization Only
            """);
    assertThat(part.lines())
        .containsExactly(
            line("301244354", Kind.CAPTURE, null, "301244354", null, usd(101_999)),
            line("301244355", Kind.REFUND, null, "301244355", "301244354", usd(500)));
  }

  /** What is known of a provider's report is its columns' names: others may come between. */
  @Test
  void aLaterPartGoesOnWithTheColumnsOfTheFirst() {
    List<String> columns = read("canonical", "\uFEFFCurrency,ID,x,AMOUNT,kind\n").columns();
    assertThat(columns).containsExactly("currency", "id", "x", "amount", "kind");
    assertThat(read("canonical", columns, "usd,c9,?,7,capture\n").lines())
        .containsExactly(line("c9", Kind.CAPTURE, null, "c9", null, usd(7)));
  }

  @Test
  void everyConnectorThatTakesLivePaymentsHasItsReport() {
    assertThat(
            dev.portcullis.connectors.Connectors.all().stream()
                .filter(each -> each.manifest().setup().live() != null)
                .map(each -> each.manifest().name()))
        .allMatch(name -> ReportFormat.find(name).isPresent());
  }

  /** A record that is not understood is never passed over: its money would be missing. */
  @Test
  void aRecordThatIsNotAsDocumentedIsNamed() {
    String header = "id,kind,amount,currency\n";
    for (Map.Entry<String, String> each :
        Map.of(
                "c1,capture,19.99,usd", "amount",
                "c1,capture,-5,usd", "amount",
                "c1,capture,,usd", "amount",
                "c1,capture,99999999999999999999,usd", "amount",
                "c1,payout,5,usd", "kind",
                "c1,capture,5,xyz", "currency",
                ",capture,5,usd", "id",
                "c 1,capture,5,usd", "id")
            .entrySet()) {
      assertThatThrownBy(() -> read("canonical", header + "c0,capture,1,usd\n" + each.getKey()))
          .as(each.getKey())
          .isInstanceOf(ReportFault.class)
          .hasMessageStartingWith("Record 3: The column " + each.getValue());
    }
    assertThatThrownBy(() -> read("canonical", "id,kind,amount\n"))
        .isInstanceOf(ReportFault.class)
        .hasMessageContaining("no column currency");
    assertThatThrownBy(() -> read("adyen", header))
        .isInstanceOf(ReportFault.class)
        .hasMessageContaining("Psp Reference");
    assertThatThrownBy(() -> read("canonical", header + "\"c1,capture,5,usd"))
        .isInstanceOf(ReportFault.class)
        .hasMessageContaining("no CSV");
    assertThatThrownBy(
            () ->
                read(
                    "stripe",
                    """
                    balance_transaction_id,reporting_category,gross,currency,source_id
                    txn_1,charge,1.005,usd,ch_1
                    """))
        .isInstanceOf(ReportFault.class)
        .hasMessageContaining("more decimals");
  }
}
