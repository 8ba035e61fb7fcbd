package dev.portcullis.vault.masterkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.KeyTrouble;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.MasterKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.KeyGenerator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real token of SoftHSM2. */
class Pkcs11MasterKeyTest extends MasterKeyContract {

  private static final String PIN = "73914682";
  private static final Pattern SLOT = Pattern.compile("reassigned to slot (\\d+)");

  @TempDir static Path folder;
  private static Path library = Path.of("none");
  private static int slot;
  private static Provider owner;

  private volatile String pin = PIN;

  @BeforeAll
  static void makeToken() throws Exception {
    library =
        Stream.of(System.getProperty("softhsm.libraries", "").split(":"))
            .map(Path::of)
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseGet(Pkcs11MasterKeyTest::notThere);
    Path configuration = Path.of(System.getenv("SOFTHSM2_CONF"));
    Path tokens = Files.createDirectories(folder.resolve("tokens"));
    Files.writeString(
        configuration,
        "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
    Process init =
        new ProcessBuilder(
                "softhsm2-util",
                "--init-token",
                "--free",
                "--label",
                "portcullis",
                "--so-pin",
                PIN,
                "--pin",
                PIN)
            .redirectErrorStream(true)
            .start();
    String said = new String(init.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher found = SLOT.matcher(said);
    assertThat(found.find()).as(said).isTrue();
    slot = Integer.parseInt(found.group(1));
    owner =
        Security.getProvider("SunPKCS11")
            .configure(
                """
                --name=owner
                library=%s
                slot=%d
                attributes(generate,CKO_SECRET_KEY,CKK_AES)={
                  CKA_EXTRACTABLE=false
                  CKA_SENSITIVE=true
                  CKA_TOKEN=true
                }
                """
                    .formatted(library, slot));
    makeKey("master-1");
    makeKey("master-2");
  }

  private static Path notThere() {
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError("SoftHSM2 is not installed, and nothing is skipped here");
    }
    Assumptions.abort("SoftHSM2 is not installed (Debian: softhsm2)");
    throw new IllegalStateException("aborted");
  }

  private static void makeKey(String label) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS11", owner);
    store.load(null, PIN.toCharArray());
    KeyGenerator generator = KeyGenerator.getInstance("AES", owner);
    generator.init(256);
    store.setKeyEntry(label, generator.generateKey(), null, null);
  }

  private MasterKey open(String label) {
    return new RemoteMasterKey(
        new Pkcs11MasterKey(
            new Pkcs11MasterKey.Place(library, slot, label),
            () -> Secret.of(pin),
            SecretAccess.insecureGrant()),
        clock);
  }

  @Override
  protected MasterKey openKey() {
    return open("master-1");
  }

  @Override
  protected MasterKey openOtherKey() {
    return open("master-2");
  }

  /** As after a restart of the HSM, with a PIN that somebody has changed meanwhile. */
  @Override
  protected boolean cut() {
    pin = "00000000";
    logOut();
    return true;
  }

  private static void logOut() {
    try {
      ((AuthProvider) owner).logout();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected void mend() {
    pin = PIN;
  }

  @Override
  protected List<String> secrets() {
    return List.of(PIN);
  }

  @Test
  void aSessionThatHasEndedIsMadeAnew() throws GeneralSecurityException {
    MasterKey key = openKey();
    byte[] wrapped = key.wrap(new byte[32], new byte[] {1});
    logOut();
    assertThat(key.unwrap(wrapped, new byte[] {1})).hasSize(32);
    logOut();
    assertThat(key.wrap(new byte[32], new byte[] {1})).hasSize(60);
  }

  @Test
  void aRefusedPinIsNotTriedAgain() {
    MasterKey key = openKey();
    cut();
    assertThatThrownBy(() -> key.wrap(new byte[32], new byte[] {1}))
        .hasMessageContaining("refuses the PIN")
        .hasMessageNotContaining("00000000");
    clock.advance(RemoteMasterKey.PAUSE);
    assertThatThrownBy(() -> key.wrap(new byte[32], new byte[] {1}))
        .hasMessageContaining("not tried again");
  }

  @Test
  void aLibraryThatOthersCouldChangeIsNotUsed(@TempDir Path folder) throws IOException {
    Path copy = Files.copy(library.toRealPath(), folder.resolve("hsm.so"));
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxrwxr-x"));
    Pkcs11MasterKey key =
        new Pkcs11MasterKey(
            new Pkcs11MasterKey.Place(copy, slot, "master-1"),
            () -> Secret.of(PIN),
            SecretAccess.insecureGrant());
    assertThatThrownBy(() -> key.wrap(new byte[32], new byte[1]))
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining("others could change its library");
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> open("no-such-key").wrap(new byte[32], new byte[] {1}))
        .isInstanceOfSatisfying(
            KeyUnavailableException.class,
            e -> assertThat(e.trouble().kind()).isEqualTo(KeyTrouble.Kind.REFUSED))
        .hasMessageContaining("no secret key labelled no-such-key");
    MasterKey nowhere =
        new Pkcs11MasterKey(
            new Pkcs11MasterKey.Place(Path.of("/no/such/library.so"), slot, "master-1"),
            () -> Secret.of(PIN),
            SecretAccess.insecureGrant());
    assertThatThrownBy(() -> nowhere.wrap(new byte[32], new byte[] {1}))
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining("/no/such/library.so");
  }
}
