package dev.portcullis.gateway.paymentmethods;

import dev.portcullis.gateway.keys.Principal;

/** What payment methods need to know of customers. */
public interface CustomerLookup {

  /**
   * The id of a customer that is there and was not deleted.
   *
   * @param param the parameter that holds the id, for the error
   * @throws dev.portcullis.wire.error.ApiException 404 if there is none
   */
  String requireId(Principal principal, String id, String param);

  /** Whether there is a customer of that id that was not deleted. */
  boolean isThere(Principal principal, String id);
}
