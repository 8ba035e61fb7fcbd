package dev.portcullis.gateway.http;

import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.key.KeyRefusals;
import dev.portcullis.wire.key.Permission;
import java.util.Optional;

/**
 * Which keys a route answers: a secret key always, a restricted key with the permission.
 *
 * @param permission what a restricted key needs; empty if every one may
 * @param publishable whether a publishable key may too. The handler then shows nothing and does
 *     nothing without the object's client secret: such a key stands in every page
 * @param cards whether the cards origin serves the same, with a card and for pages too
 */
public record Access(Optional<Permission> permission, boolean publishable, boolean cards) {

  /** To look at a resource. */
  public static Access read(ApiResource resource) {
    return new Access(Optional.of(resource.read()), false, false);
  }

  /** To make or change a resource. */
  public static Access write(ApiResource resource) {
    return new Access(Optional.of(resource.write()), false, false);
  }

  /** To make what a page makes too, out of a card, at the cards origin. */
  public static Access orAtCards(ApiResource resource) {
    return new Access(Optional.of(resource.write()), false, true);
  }

  /** For every key that is kept on a server: nothing of the account is shown. */
  public static Access anyServer() {
    return new Access(Optional.empty(), false, false);
  }

  /** The same for a publishable key too. */
  public Access orPublishable() {
    return new Access(permission, true, cards);
  }

  /**
   * Lets the principal pass, or not.
   *
   * @throws ApiException 403
   */
  void check(Principal principal) {
    switch (principal.keyKind()) {
      case SECRET -> {}
      case PUBLISHABLE -> {
        if (!publishable) {
          throw new ApiException(
              ApiErrors.forbidden(
                      "This API call cannot be made with a publishable API key. Please use a"
                          + " secret API key.")
                  .withCode("secret_key_required"));
        }
      }
      case RESTRICTED -> permission.ifPresent(needed -> require(principal, needed));
    }
  }

  /**
   * Requires that permission.
   *
   * @throws ApiException 403 naming it
   */
  static void require(Principal principal, Permission needed) {
    if (!principal.may(needed)) {
      throw new ApiException(KeyRefusals.lacks(principal.hint(), principal.account(), needed));
    }
  }
}
