package dev.portcullis.vault.masterkey;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.KeyTrouble;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.MasterKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.security.auth.login.LoginException;
import org.jspecify.annotations.Nullable;

/**
 * An AES-256 key that never leaves its HSM, through PKCS #11. Data keys are encrypted there with
 * AES-GCM: many HSMs refuse AES key wrap, and it takes no associated data.
 *
 * <p>An HSM that was away has forgotten the session and the key's handle; then the vault logs in
 * again, once for each call. A PIN that was refused is not tried again before it has changed: a few
 * wrong ones lock the token.
 */
final class Pkcs11MasterKey implements MasterKey {

  private static final String TRANSFORMATION = "AES/GCM/NoPadding";
  private static final Pattern CODE = Pattern.compile("CKR_[A-Z0-9_]{1,60}");
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final AtomicInteger PROVIDERS = new AtomicInteger();

  /**
   * Where the key is.
   *
   * @param library the HSM's own library
   * @param slot the slot's id
   * @param label the key's label on the token
   */
  record Place(Path library, int slot, String label) {}

  private final Place place;
  private final Supplier<Secret> pin;
  private final SecretAccess access;
  private final SecureRandom random = new SecureRandom();

  private @Nullable Provider provider;
  private @Nullable SecretKey handle;
  private @Nullable Secret refusedPin;

  private interface Operation {
    byte[] run(Provider provider, SecretKey key) throws GeneralSecurityException;
  }

  Pkcs11MasterKey(Place place, Supplier<Secret> pin, SecretAccess access) {
    this.place = place;
    this.pin = pin;
    this.access = access;
  }

  @Override
  public String id() {
    return "pkcs11:" + place.label();
  }

  @Override
  public byte[] wrap(byte[] dataKey, byte[] context) throws GeneralSecurityException {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed =
        perform((by, key) -> cipher(by, Cipher.ENCRYPT_MODE, key, nonce, context).doFinal(dataKey));
    byte[] wrapped = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
    System.arraycopy(sealed, 0, wrapped, NONCE_BYTES, sealed.length);
    return wrapped;
  }

  @Override
  public byte[] unwrap(byte[] wrapped, byte[] context) throws GeneralSecurityException {
    if (wrapped.length < NONCE_BYTES + TAG_BITS / 8) {
      throw new GeneralSecurityException("too short");
    }
    byte[] nonce = Arrays.copyOf(wrapped, NONCE_BYTES);
    return perform(
        (by, key) ->
            cipher(by, Cipher.DECRYPT_MODE, key, nonce, context)
                .doFinal(wrapped, NONCE_BYTES, wrapped.length - NONCE_BYTES));
  }

  private static Cipher cipher(
      Provider provider, int mode, SecretKey key, byte[] nonce, byte[] context)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(TRANSFORMATION, provider);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(context);
    return cipher;
  }

  private byte[] perform(Operation operation) throws GeneralSecurityException {
    Session session = session(null);
    try {
      return operation.run(session.provider(), session.key());
    } catch (InvalidKeyException | ProviderException _) {
      // The handle is of a session that has ended.
      Session anew = session(session);
      try {
        return operation.run(anew.provider(), anew.key());
      } catch (InvalidKeyException | ProviderException e) {
        throw unavailable(KeyTrouble.Kind.UNREACHABLE, "does not work", e);
      }
    }
  }

  private record Session(Provider provider, SecretKey key) {}

  /**
   * The session to work with.
   *
   * @param ended one that does not work any more, or null
   */
  private synchronized Session session(@Nullable Session ended) {
    Provider by = provider;
    SecretKey key = handle;
    if (by != null && key != null && (ended == null || !key.equals(ended.key()))) {
      return new Session(by, key);
    }
    handle = null;
    try {
      by = by == null ? load() : by;
      provider = by;
      key = logIn(by);
      handle = key;
      return new Session(by, key);
    } catch (ProviderException e) {
      throw unavailable(KeyTrouble.Kind.UNREACHABLE, "cannot be reached", e);
    } catch (IOException | GeneralSecurityException e) {
      throw unavailable(KeyTrouble.Kind.UNREACHABLE, "does not let the vault in", e);
    }
  }

  private Provider load() throws IOException {
    if (Files.exists(place.library()) && !isFixed(place.library())) {
      throw unavailable(
          KeyTrouble.Kind.REFUSED,
          "is not used: others could change its library, or a folder that it lies in",
          null);
    }
    Provider sun = Security.getProvider("SunPKCS11");
    if (sun == null) {
      throw new ProviderException("this Java has no PKCS #11");
    }
    return sun.configure(
        "--name=portcullis%d%nlibrary=\"%s\"%nslot=%d%n"
            .formatted(PROVIDERS.incrementAndGet(), real(place.library()), place.slot()));
  }

  /** What was looked at is what is loaded, whatever becomes of a link to it. */
  private static Path real(Path library) throws IOException {
    return Files.exists(library) ? library.toRealPath() : library;
  }

  /** Whoever can put another library in its place is given the PIN and every data key. */
  private static boolean isFixed(Path library) throws IOException {
    Path real = library.toRealPath();
    boolean fixed = !Files.getPosixFilePermissions(real).contains(PosixFilePermission.GROUP_WRITE);
    for (Path part = real; part != null && fixed; part = part.getParent()) {
      fixed = !Files.getPosixFilePermissions(part).contains(PosixFilePermission.OTHERS_WRITE);
    }
    return fixed;
  }

  private SecretKey logIn(Provider by) throws IOException, GeneralSecurityException {
    Secret now = pin.get();
    if (refusedPin != null && now.equals(refusedPin)) {
      throw unavailable(
          KeyTrouble.Kind.REFUSED,
          "has refused this PIN, which is not tried again before it has changed",
          null);
    }
    char[] typed = now.reveal(access).toCharArray();
    try {
      KeyStore store = KeyStore.getInstance("PKCS11", by);
      store.load(null, typed);
      if (store.getKey(place.label(), null) instanceof SecretKey key) {
        return key;
      }
    } catch (IOException e) {
      if (isRefusal(e)) {
        refusedPin = now;
        throw unavailable(KeyTrouble.Kind.REFUSED, "refuses the PIN", e);
      }
      throw e;
    } finally {
      Arrays.fill(typed, '\0');
    }
    throw unavailable(KeyTrouble.Kind.REFUSED, "has no secret key labelled " + place.label(), null);
  }

  private static boolean isRefusal(@Nullable Throwable failure) {
    return failure != null && (failure instanceof LoginException || isRefusal(failure.getCause()));
  }

  /** PKCS #11's own word for what went wrong, by which an HSM's handbook can be asked. */
  private static String code(@Nullable Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      Matcher found = CODE.matcher(String.valueOf(each.getMessage()));
      if (found.find()) {
        return " (" + found.group() + ")";
      }
    }
    return "";
  }

  private KeyUnavailableException unavailable(
      KeyTrouble.Kind kind, String what, @Nullable Exception cause) {
    KeyUnavailableException unavailable =
        new KeyUnavailableException(
            new KeyTrouble(
                kind,
                "The HSM in slot %d of %s %s%s."
                    .formatted(place.slot(), place.library(), what, code(cause))));
    if (cause != null) {
      unavailable.initCause(cause);
    }
    return unavailable;
  }

  /** The login is the whole process's and ends with it; here only the handle goes. */
  @Override
  public synchronized void close() {
    handle = null;
  }
}
