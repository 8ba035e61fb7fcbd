package dev.portcullis.vault.portability;

import dev.portcullis.vault.changes.Change;
import dev.portcullis.vault.changes.ChangeKind;
import dev.portcullis.vault.portability.Transfer.Kind;
import dev.portcullis.vault.portability.Transfer.State;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Letting cards in or out in bulk, which two people do together: one could fill an account with
 * stolen cards, or take every card away. Both see what the content says, and the hash covers it.
 */
sealed interface TransferChange extends ChangeKind {

  /** Both kinds. */
  static List<ChangeKind> all(TransferStore store, Desk desk, InstantSource clock) {
    Deciding deciding = new Deciding(store, desk, clock);
    return List.of(new In(deciding), new Out(deciding));
  }

  /** What a transfer's change is called. */
  static String action(Kind kind) {
    return switch (kind) {
      case IMPORT -> "cards.import";
      case EXPORT -> "cards.export";
    };
  }

  /** All that both people need to see. */
  static String content(Transfer transfer, @Nullable Recipient recipient) {
    List<String> lines = new ArrayList<>();
    lines.add("account: " + transfer.owner().account());
    lines.add("mode: " + (transfer.owner().livemode() ? "live" : "test"));
    lines.add("purpose: " + transfer.purpose());
    switch (transfer.kind()) {
      case IMPORT -> {
        lines.add("file: %d bytes".formatted(transfer.file().bytes()));
        lines.add("sha256: " + transfer.file().digest());
        lines.add("found: " + transfer.texts().findings());
      }
      case EXPORT -> {
        // By the key itself: what stands beside it in the row says nothing.
        lines.add("recipient: " + Objects.requireNonNull(recipient).name());
        lines.add("fingerprint: " + recipient.fingerprint());
        lines.add("cards made from: " + shown(transfer.to().from(), "the beginning"));
        lines.add("cards made before: " + shown(transfer.to().before(), "the confirmation"));
      }
    }
    return String.join("\n", lines);
  }

  private static String shown(@Nullable Instant time, String otherwise) {
    return time == null ? otherwise : time.toString();
  }

  /** What both kinds do alike. */
  record Deciding(TransferStore store, Desk desk, InstantSource clock) {

    void check(Change change, Kind kind) {
      Transfer transfer = store.find(change.subject());
      boolean waits = transfer.state() == State.CHECKED || transfer.state() == State.PROPOSED;
      if (transfer.kind() != kind || !waits) {
        throw new ApiException(
            ApiErrors.badRequest("The transfer is %s.".formatted(transfer.state().wireName()))
                .withCode("transfer_state"));
      }
      desk.requireUsable(transfer.owner());
      byte[] ring = transfer.to().ring();
      Recipient recipient = ring == null ? null : Recipient.read(ring, clock.instant());
      if (!content(transfer, recipient).equals(change.content())) {
        throw new ApiException(
            ApiErrors.badRequest("The transfer is not what was proposed.")
                .withCode("transfer_state"));
      }
    }

    String apply(Connection connection, Change change, String by) throws SQLException {
      Transfer transfer = store.find(change.subject());
      if (!store.confirmed(connection, transfer, by, clock.instant())) {
        throw new ApiException(
            ApiErrors.badRequest("The transfer waits no more.").withCode("transfer_state"));
      }
      return "it runs; portcullis vault transfers says how far it is";
    }
  }

  /** Cards come in. */
  record In(Deciding deciding) implements TransferChange {
    @Override
    public String action() {
      return TransferChange.action(Kind.IMPORT);
    }

    @Override
    public void check(Change change) {
      deciding.check(change, Kind.IMPORT);
    }

    @Override
    public String apply(Connection connection, Change change, String by) throws SQLException {
      return deciding.apply(connection, change, by);
    }
  }

  /** Cards go out. */
  record Out(Deciding deciding) implements TransferChange {
    @Override
    public String action() {
      return TransferChange.action(Kind.EXPORT);
    }

    @Override
    public void check(Change change) {
      deciding.check(change, Kind.EXPORT);
    }

    @Override
    public String apply(Connection connection, Change change, String by) throws SQLException {
      return deciding.apply(connection, change, by);
    }
  }
}
