package dev.portcullis.gateway.recovery;

/** What became of operations, as it can be told beside a provider's books. */
public final class OperationOutcome {

  /**
   * Whether an operation moved or reserved money; null where that is open or not known. {@code o}
   * is the operation, {@code t.provider_id} the provider's name for it.
   *
   * <p>It is told by what the operation made: an authorization makes a charge under the provider's
   * name for it, or for what the shopper brought back, unless it came too late and was voided; a
   * capture is noted in its charge; a refund has a status of its own.
   */
  public static final String APPROVED =
      """
      CASE
        WHEN o.state <> 'done' THEN NULL
        WHEN o.doc->>'kind' = 'AUTHORIZE' AND o.doc->>'object_type' = 'payment_intent' THEN
          CASE WHEN NOT EXISTS (SELECT FROM provider_operations v WHERE v.account = o.account
              AND v.object = o.object AND v.doc->>'kind' = 'CANCEL'
              AND v.doc->>'reference' = t.provider_id)
            THEN EXISTS (SELECT FROM charges c WHERE c.account = o.account
              AND c.payment_intent = o.object AND c.doc->>'status' = 'succeeded'
              AND (coalesce(c.doc->>'provider_reference', t.provider_id) = t.provider_id
                OR EXISTS (SELECT FROM provider_operations k WHERE k.account = o.account
                  AND k.object = o.object AND k.doc->>'of' = o.id
                  AND k.doc->>'provider_reference' = c.doc->>'provider_reference')))
          END
        WHEN o.doc->>'kind' = 'CAPTURE' THEN
          EXISTS (SELECT FROM charges c WHERE c.account = o.account
            AND c.id = o.doc->>'charge' AND (c.doc->>'captured')::bigint > 0)
        WHEN o.doc->>'kind' = 'REFUND' THEN
          (SELECT CASE r.doc->>'status' WHEN 'succeeded' THEN true WHEN 'failed' THEN false END
            FROM refunds r WHERE r.account = o.account AND r.id = o.object)
      END
      """;

  private OperationOutcome() {}
}
