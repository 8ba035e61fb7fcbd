package dev.portcullis.gateway.sealing;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.KmsEnvelopeAead;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.aead.XAesGcmKey;
import com.google.crypto.tink.aead.XAesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;
import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Seals texts for the database: each with a fresh data key (AES-256-GCM, bound to its {@link
 * Place}), which is wrapped by the gateway's key (XAES-256-GCM, whose nonces are long enough for
 * any number of values). A wrapped key carries the id of the key that wrapped it, so a new key can
 * come first in the keyset while the older ones still open what they sealed.
 *
 * <p>Safe for use by many threads.
 */
public final class Sealer {

  static final String MARK = "sealed:1:";
  private static final int KEY_BYTES = 32;
  private static final int NONCE_SALT_BYTES = 12;
  private static final Pattern LINE = Pattern.compile("([1-9][0-9]{0,8}):([0-9A-Za-z+/]{43}=)");

  /** What a key of the {@code TINK} variant writes before its id. */
  private static final byte TINK = 1;

  /** A length, a variant and an id: a multiple of three, so that base 64 ends with them. */
  private static final int BEGINNING_BYTES = 2 * Integer.BYTES + 1;

  private final Aead envelope;
  private final int newest;
  private final Set<Integer> others;

  private Sealer(Aead envelope, int newest, Set<Integer> ids) {
    this.envelope = envelope;
    this.newest = newest;
    this.others = new TreeSet<>(ids);
    others.remove(newest);
  }

  /**
   * A sealer with those keys.
   *
   * @param lines a line for each key, {@code <id>:<base64 of 32 bytes>}; the first one seals, all
   *     of them open
   * @throws IllegalArgumentException if it is not of that form, or an id comes twice
   */
  public static Sealer of(Secret lines, SecretAccess access) {
    try {
      AeadConfig.register();
      KeysetHandle.Builder keys = KeysetHandle.newBuilder();
      Set<Integer> ids = new TreeSet<>();
      boolean first = true;
      for (String line : lines.reveal(access).lines().toList()) {
        XAesGcmKey key = key(line.strip());
        ids.add(key.getIdRequirementOrNull());
        KeysetHandle.Builder.Entry entry = KeysetHandle.importKey(key);
        keys.addEntry(first ? entry.makePrimary() : entry);
        first = false;
      }
      KeysetHandle keyset = keys.build();
      Aead wrapping = keyset.getPrimitive(RegistryConfiguration.get(), Aead.class);
      return new Sealer(
          KmsEnvelopeAead.create(PredefinedAeadParameters.AES256_GCM, wrapping),
          keyset.getPrimary().getId(),
          ids);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the sealing keys cannot be used", e);
    }
  }

  @AccessesPartialKey
  private static XAesGcmKey key(String line) throws GeneralSecurityException {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      // Not the line: it may hold a key.
      throw new IllegalArgumentException(
          "a line of the sealing keys must be <id>:<base64 of " + KEY_BYTES + " bytes>");
    }
    byte[] bytes = Base64.getDecoder().decode(parts.group(2));
    try {
      return XAesGcmKey.create(
          XAesGcmParameters.create(XAesGcmParameters.Variant.TINK, NONCE_SALT_BYTES),
          SecretBytes.copyFrom(bytes, InsecureSecretKeyAccess.get()),
          Integer.parseInt(parts.group(1)));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** The id of the key that seals. */
  public int newest() {
    return newest;
  }

  /** The ids of the keys that open and do not seal, those that stand by among them. */
  public Set<Integer> others() {
    return Collections.unmodifiableSet(others);
  }

  /**
   * How every text begins that a key has sealed, whatever its place and its words: the mark, how
   * long the wrapped data key is (the same for all keys), and that key's id.
   */
  String beginning(int id) {
    Place nowhere = new Place("", false, "", "");
    byte[] any = Base64.getDecoder().decode(seal(nowhere, "").substring(MARK.length()));
    ByteBuffer beginning = ByteBuffer.allocate(BEGINNING_BYTES);
    beginning.putInt(ByteBuffer.wrap(any).getInt()).put(TINK).putInt(id);
    return MARK + Base64.getEncoder().encodeToString(beginning.array());
  }

  /** The text, sealed for that place: ASCII, about 200 characters longer and a third as much. */
  public String seal(Place place, String text) {
    try {
      byte[] sealed =
          envelope.encrypt(text.getBytes(StandardCharsets.UTF_8), place.associatedData());
      return MARK + Base64.getEncoder().encodeToString(sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
  }

  /**
   * The text that was sealed for that place.
   *
   * @throws SealException if it does not open
   */
  public String open(Place place, String sealed) {
    try {
      if (!isSealed(sealed)) {
        throw new GeneralSecurityException("not sealed");
      }
      byte[] bytes = Base64.getDecoder().decode(sealed.substring(MARK.length()));
      return new String(envelope.decrypt(bytes, place.associatedData()), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new SealException(place, e);
    }
  }

  /**
   * The value sealed by the newest key; empty if it is already. One that is not sealed is from the
   * time before there was sealing.
   *
   * @throws SealException if it is sealed and does not open
   */
  public Optional<String> renewed(Place place, String value) {
    if (!isSealed(value)) {
      return Optional.of(seal(place, value));
    }
    return isNewest(value) ? Optional.empty() : Optional.of(seal(place, open(place, value)));
  }

  /** The wrapped data key comes first, with its length before it; it begins with its key's id. */
  private boolean isNewest(String sealed) {
    try {
      ByteBuffer bytes =
          ByteBuffer.wrap(Base64.getDecoder().decode(sealed.substring(MARK.length())));
      int length = bytes.getInt();
      return length > Integer.BYTES && bytes.get() == TINK && bytes.getInt() == newest;
    } catch (BufferUnderflowException | IllegalArgumentException _) {
      return false;
    }
  }

  /** Whether the text has the form of a sealed one; a JSON document never has. */
  public static boolean isSealed(String text) {
    return text.startsWith(MARK);
  }
}
