package dev.portcullis.gateway.payments;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the payment core stores and shows. */
public sealed interface Entity permits PaymentIntent, SetupIntent, Charge, Refund, Dispute {

  /** Identity and version. */
  Head head();

  /** The type's name on the wire. */
  String object();

  /** The stored document; it holds {@code id} and {@code created} too. */
  Map<String, @Nullable Object> doc();
}
