package dev.portcullis.vault.masterkey;

import dev.portcullis.vault.crypto.KeyTrouble;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.MasterKey;
import dev.portcullis.wire.config.ConfigException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A master key outside this process. It remembers why it could not be used last; and while that is
 * fresh, it refuses at once: a service that is away must not hold up one thread for each request.
 */
final class RemoteMasterKey implements MasterKey {

  /** How long a service that did not answer is left alone. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  private final MasterKey place;
  private final InstantSource clock;
  private volatile @Nullable Failure last;

  private record Failure(KeyTrouble trouble, Instant at) {}

  private interface Call {
    byte[] make() throws GeneralSecurityException;
  }

  RemoteMasterKey(MasterKey place, InstantSource clock) {
    this.place = place;
    this.clock = clock;
  }

  @Override
  public String id() {
    return place.id();
  }

  @Override
  public byte[] wrap(byte[] dataKey, byte[] context) throws GeneralSecurityException {
    return call(() -> place.wrap(dataKey, context));
  }

  @Override
  public byte[] unwrap(byte[] wrapped, byte[] context) throws GeneralSecurityException {
    return call(() -> place.unwrap(wrapped, context));
  }

  private byte[] call(Call call) throws GeneralSecurityException {
    Failure before = last;
    if (before != null && clock.instant().isBefore(before.at().plus(PAUSE))) {
      throw new KeyUnavailableException(before.trouble());
    }
    try {
      byte[] answer = call.make();
      last = null;
      return answer;
    } catch (ConfigException e) {
      // A secret's file that is gone; it is read anew for each call.
      KeyTrouble trouble = new KeyTrouble(KeyTrouble.Kind.REFUSED, String.valueOf(e.getMessage()));
      last = new Failure(trouble, clock.instant());
      throw new KeyUnavailableException(trouble);
    } catch (KeyUnavailableException e) {
      last = new Failure(e.trouble(), clock.instant());
      throw e;
    }
  }

  @Override
  public Optional<KeyTrouble> trouble() {
    return Optional.ofNullable(last).map(Failure::trouble);
  }

  @Override
  public void tend() {
    place.tend();
  }

  @Override
  public void close() {
    place.close();
  }
}
