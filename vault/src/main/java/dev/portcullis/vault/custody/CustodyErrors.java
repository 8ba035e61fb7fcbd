package dev.portcullis.vault.custody;

import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.Optional;

/** What custodians and administrators are refused with. */
final class CustodyErrors {

  private CustodyErrors() {}

  static ApiError malformedShare() {
    return ApiErrors.invalid(
        "share",
        "share_malformed",
        "This is no share, or a character of it is wrong: its checksum does not fit.");
  }

  static ApiError shareOfOtherSet(String set) {
    return ApiErrors.invalid(
        "share",
        "share_of_other_set",
        "This share is of the set "
            + set
            + ", which opens nothing here: it was replaced, or is of"
            + " another vault.");
  }

  static ApiError wrongShare(int index) {
    return ApiErrors.invalid(
        "share",
        "share_wrong",
        "This is not the share " + index + " that was handed out for this set.");
  }

  static ApiException notConfigured() {
    return refused("custody_not_configured", "This vault's master key is not held by custodians.");
  }

  static ApiException notInitialised(String name) {
    return refused(
        "custody_not_initialised",
        "The master key " + name + " has not been made yet: vault init makes it.");
  }

  static ApiException initialised(String name) {
    return refused(
        "custody_initialised",
        "The master key " + name + " is there already; vault rekey gives it new shares.");
  }

  static ApiException noRekey() {
    return refused(
        "custody_no_rekey",
        "That rekey is not under way, or has all its old shares; vault rekey begins one.");
  }

  static ApiException rekeyRuns(Rekey.About about) {
    return refused(
        "custody_rekey_running",
        "The rekey %s for %s, begun by %s, is under way; vault cancel-rekey ends it."
            .formatted(about.id(), String.join(", ", about.custodians()), about.by()));
  }

  static ApiException noShare() {
    return refused(
        "custody_no_share",
        "There is no new share for you, or you have taken it: each is shown once.");
  }

  static ApiException enrolledLately(String person) {
    return new ApiException(
        ApiErrors.forbidden(
                person
                    + " was let in or reset too lately: whoever did that could be them. Begin"
                    + " again once they have been there for long enough (admin.settling).")
            .withCode("enrolled_too_lately"));
  }

  static ApiException badCustodians(String why) {
    return new ApiException(ApiErrors.invalid("custodians", "custodians_invalid", why));
  }

  static ApiException badThreshold() {
    return new ApiException(
        ApiErrors.invalid(
            "threshold",
            "threshold_invalid",
            "The threshold is 2 or more, so that nobody opens the vault alone, and no more than"
                + " there are shares."));
  }

  /**
   * @param stored what counts now, so that nobody destroys a share that does
   */
  static ApiException badTicket(Optional<SealedKey> stored) {
    return new ApiException(
        ApiErrors.invalid(
            "ticket",
            "custody_ticket_invalid",
            "These shares are waited for no longer: all are there, others replaced them, they"
                + " waited too long, or the vault was started anew. "
                + stored
                    .map(key -> "The set that counts now is " + key.set() + ".")
                    .orElse("No shares count yet.")));
  }

  static ApiException rekeyDone(SealedKey key) {
    return refused(
        "custody_rekey_done",
        "That rekey is done and cannot be cancelled: everybody has theirs, and the set that counts"
            + " now is "
            + key.set()
            + ".");
  }

  static ApiException foreignKey(SealedKey key) {
    return refused(
        "custody_foreign_key",
        "What the shares of the set %s open is not the master key that wrapped what is stored:"
                .formatted(key.set())
            + " somebody has put another key into the database, or changed data keys. Restore the"
            + " vault's database from a backup, and look at the audit trail.");
  }

  private static ApiException refused(String code, String message) {
    return new ApiException(ApiErrors.badRequest(message).withCode(code));
  }
}
