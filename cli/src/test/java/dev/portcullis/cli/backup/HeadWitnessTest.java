package dev.portcullis.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.audit.NotedHead;
import dev.portcullis.cli.audit.NotedKeys;
import dev.portcullis.cli.home.Home;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a backup finds of heads that were taken away. */
class HeadWitnessTest {

  @TempDir Path folder;

  private final KeyPair pair;
  private final List<String> said = new ArrayList<>();

  HeadWitnessTest() throws GeneralSecurityException {
    pair = pair();
  }

  private static KeyPair pair() throws GeneralSecurityException {
    return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  }

  @BeforeEach
  void home() throws IOException {
    Files.createDirectory(place().operator());
    new NotedKeys(place()).note(List.of(key()));
  }

  private Home place() {
    return Home.at(folder);
  }

  private static SignedHead head(long size, KeyPair by) {
    return SignedHead.sign(
        size,
        Instant.EPOCH,
        SignedHead.NONE_BEFORE,
        SignedHead.NONE_BEFORE,
        HeadKey.of(by.getPublic()),
        by.getPrivate());
  }

  private HeadKey key() {
    return HeadKey.of(pair.getPublic());
  }

  private Path file() {
    return folder.resolve("heads");
  }

  private String witness(SignedHead... stored) throws IOException, SQLException {
    List<SignedHead> all = List.of(stored);
    return new HeadWitness(place(), file(), said::add)
        .witness(
            all.isEmpty() ? Optional.empty() : Optional.of(all.getLast().text()),
            List.of(key()),
            all::contains);
  }

  @Test
  void eachBackupAddsItsHead() throws Exception {
    assertThat(witness()).isEmpty();
    SignedHead first = head(5, pair);
    SignedHead second = head(9, pair);
    assertThat(witness(first)).isEmpty();
    assertThat(witness(first, second)).isEmpty();
    assertThat(file()).content().isEqualTo(first.text() + "\n" + second.text() + "\n");
    assertThat(new NotedHead(place()).read()).contains(second);
  }

  @Test
  void headsThatAreGoneAreAnAlarm() throws Exception {
    SignedHead first = head(5, pair);
    SignedHead second = head(9, pair);
    assertThat(witness(first, second)).isEmpty();
    assertThat(witness(first)).contains("the head of 9 entries", "is gone");
    assertThat(witness()).contains("is gone");
    assertThat(witness(first, head(12, pair))).as("a later one is no proof").contains("is gone");
    assertThat(file()).content().hasLineCount(1);
    Files.delete(place().operator().resolve("vault-audit-head"));
    assertThat(witness(first)).as("the one beside the backups is enough").contains("is gone");
    new NotedHead(place()).note(second);
    Files.delete(file());
    assertThat(witness(first)).as("and so is the home's").contains("is gone");
  }

  @Test
  void whatNoNotedKeySignedIsNotCarriedAway() throws Exception {
    SignedHead first = head(5, pair);
    assertThat(witness(first)).isEmpty();
    assertThat(witness(first, head(9, pair()))).contains("none that a noted key signed");
    String wrong =
        new HeadWitness(place(), file(), said::add)
            .witness(Optional.of("pah1.none"), List.of(key()), head -> head.equals(first));
    assertThat(wrong).contains("none that a noted key signed");
    assertThat(file()).content().hasLineCount(1);
    Files.writeString(file(), "pah1.none\n" + first.text() + "\n");
    assertThat(witness(first)).isEmpty();
    assertThat(said).containsExactly(file() + ", line 1, is no head.");
  }

  @Test
  void anotherKeyInTheDatabaseIsAnAlarm() throws Exception {
    SignedHead first = head(5, pair);
    HeadKey another = HeadKey.of(pair().getPublic());
    String wrong =
        new HeadWitness(place(), file(), said::add)
            .witness(Optional.of(first.text()), List.of(key(), another), first::equals);
    assertThat(wrong).contains(another.id(), "somebody put theirs in place");
    assertThat(file()).doesNotExist();
  }

  @Test
  void aFileThatWasCutOffSwallowsNoHead() throws Exception {
    SignedHead first = head(5, pair);
    SignedHead second = head(9, pair);
    Files.createFile(file());
    assertThat(witness(first)).isEmpty();
    assertThat(said).hasSize(1).first().asString().contains("is empty");
    assertThat(file()).content().isEqualTo(first.text() + "\n");
    String torn = second.text().substring(0, 20);
    Files.writeString(file(), torn, StandardOpenOption.APPEND);
    assertThat(witness(first, second)).isEmpty();
    assertThat(file())
        .content()
        .isEqualTo(first.text() + "\n" + torn + "\n" + second.text() + "\n");
    Files.delete(place().operator().resolve("vault-audit-head"));
    assertThat(witness(first)).contains("the head of 9 entries", "is gone");
  }
}
