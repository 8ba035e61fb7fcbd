package dev.portcullis.simulator.authorizenet;

import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Tree;
import java.util.List;

/**
 * The order of a transaction request's members: the API is one of XML, whose schema has a sequence,
 * and takes JSON by the same schema.
 */
final class Order {
  private static final List<String> SEQUENCE =
      List.of(
          "transactionType",
          "amount",
          "currencyCode",
          "payment",
          "profile",
          "solution",
          "callId",
          "terminalNumber",
          "authCode",
          "refTransId",
          "splitTenderId",
          "order",
          "lineItems",
          "tax",
          "duty",
          "shipping",
          "taxExempt",
          "poNumber",
          "customer",
          "billTo",
          "shipTo",
          "customerIP",
          "cardholderAuthentication",
          "retail",
          "employeeId",
          "transactionSettings",
          "userFields",
          "surcharge",
          "merchantDescriptor",
          "subMerchant",
          "tip",
          "processingOptions",
          "subsequentAuthInformation",
          "otherTax",
          "shipFrom",
          "authorizationIndicatorType");

  private Order() {}

  /**
   * Looks at it.
   *
   * @throws Refused as the schema's validation does
   */
  static void require(Tree transactionRequest) {
    int last = -1;
    for (String name : transactionRequest.names()) {
      int place = SEQUENCE.indexOf(name);
      if (place <= last) {
        throw new Refused(
            200,
            "E00003",
            "The element 'transactionRequest' has invalid child element '" + name + "'.",
            null);
      }
      last = place;
    }
  }
}
