package dev.portcullis.vault.custody;

import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.people.TooManyAttempts;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What is done with each line that somebody gives as a share. One that is taken is in the audit
 * trail before it counts; one that is refused is there too, as often as {@link RefusedShares} lets
 * it. Of a share the trail has the index alone.
 */
final class GivenShares {

  private final AuditTrail audit;
  private final InstantSource clock;
  private final RefusedShares refusals = new RefusedShares();

  GivenShares(AuditTrail audit, InstantSource clock) {
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * The share that a line is; the caller clears it.
   *
   * @param who whose refusals are counted together
   * @throws ApiException 400 if it is none
   * @throws TooManyAttempts if too many were refused
   */
  Share read(String line, String who, String address) throws SQLException {
    Optional<Share> share = Share.parse(line);
    if (share.isEmpty()) {
      throw refused(CustodyErrors.malformedShare(), "unreadable", who, address);
    }
    return share.get();
  }

  /**
   * Lets no share past that was not handed out for that key.
   *
   * @throws ApiException 400 if it was not
   * @throws TooManyAttempts if too many were refused
   */
  void requireAccepted(SealedKey key, Share share, String who, String address) throws SQLException {
    if (!key.accepts(share)) {
      throw refused(
          CustodyErrors.wrongShare(share.index()), share.set() + " " + share.index(), who, address);
    }
  }

  /**
   * Refuses a share that belongs to nothing that is asked for.
   *
   * @throws TooManyAttempts if too many were refused
   */
  ApiException ofOtherSet(Share share, String who, String address) throws SQLException {
    return refused(CustodyErrors.shareOfOtherSet(share.set()), share.set(), who, address);
  }

  /**
   * Refuses shares that open another master key than the one that wrapped what is stored.
   *
   * @param by who gave the last of them, for the audit trail
   */
  ApiException ofForeignKey(String action, Gathering gathering, String by) throws SQLException {
    SealedKey key = gathering.key();
    audit.append(
        action,
        "sealed:" + key.name(),
        "shares %s of set %s open another master key than the vault's, %s"
            .formatted(gathering.indices(), key.set(), by));
    return CustodyErrors.foreignKey(key);
  }

  private ApiException refused(ApiError error, String subject, String who, String address)
      throws SQLException {
    refusals.count(who, clock.instant());
    audit.append("custody.share_refused", subject, error.code() + " " + address);
    return new ApiException(error);
  }

  /**
   * Puts a share that is accepted with the others, unless it is there already.
   *
   * @param by who gave it, for the audit trail
   */
  void add(Gathering gathering, Share share, String action, String by) throws SQLException {
    if (!gathering.has(share.index())) {
      SealedKey key = gathering.key();
      audit.append(
          action,
          "sealed:" + key.name(),
          "share %d of set %s, %d of %d needed, %s"
              .formatted(
                  share.index(), key.set(), gathering.indices().size() + 1, key.threshold(), by));
      gathering.add(share, clock.instant());
    }
  }
}
