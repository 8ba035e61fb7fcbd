package dev.portcullis.vault.portability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Ids;
import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.TestClock;
import dev.portcullis.vault.TestDatabase;
import dev.portcullis.vault.card.BinTableReader;
import dev.portcullis.vault.card.CardMatches;
import dev.portcullis.vault.card.CardTransfer;
import dev.portcullis.vault.card.Cards;
import dev.portcullis.vault.changes.Change;
import dev.portcullis.vault.changes.Confirmations;
import dev.portcullis.vault.changes.FourEyes;
import dev.portcullis.vault.crypto.CvcSafe;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.FileMasterKey;
import dev.portcullis.vault.crypto.FingerprintKeys;
import dev.portcullis.vault.crypto.MasterKeys;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.crypto.Sha256;
import dev.portcullis.vault.portability.Desk.Beginner;
import dev.portcullis.vault.portability.Transfer.State;
import dev.portcullis.wire.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transfers that are cut off again and again: no card twice, and none missing. */
class InterruptedTransferTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int ROWS = 730;

  private static TestDatabase database;
  private static TestClock clock;
  private static Ids ids;
  private static DataKeys keys;
  private static CardTransfer cards;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh("interrupted");
    clock = new TestClock();
    ids = new Ids(clock, RANDOM);
    keys =
        new DataKeys(
            database.app(),
            MasterKeys.only(new FileMasterKey(secret(), SecretAccess.insecureGrant())),
            clock,
            RANDOM);
    cards =
        new CardTransfer(
            new Cards(
                keys,
                new FingerprintKeys(database.app(), keys, RANDOM, clock),
                new CardMatches(database.app(), RANDOM),
                new CvcSafe(clock, RANDOM, 10),
                ids,
                clock),
            BinTableReader.shipped());
  }

  private static Secret secret() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Secret.ofBytes(bytes);
  }

  /** A vault's part for cards in bulk, which is cut off after so many batches. */
  private final class Worker {
    private final Portability portability;
    private final FourEyes changes;
    private final Desk desk;
    private final TransferStore store;

    Worker(int partCards, int batches) {
      AtomicInteger left = new AtomicInteger(batches);
      AtomicReference<Portability> self = new AtomicReference<>();
      portability =
          new Portability(
              database.app(),
              keys,
              cards,
              ids,
              clock,
              new Portability.Settings(folder.resolve("spool"), partCards, Duration.ofDays(7)),
              nanos -> {
                if (left.decrementAndGet() <= 0) {
                  Objects.requireNonNull(self.get()).stop();
                }
              });
      self.set(portability);
      desk = portability.desk();
      store = portability.store();
      changes =
          new FourEyes(
              database.app(),
              ids,
              clock,
              Duration.ZERO,
              new Confirmations(keys),
              portability.changes());
    }

    private @Nullable Recipient recipient(Transfer transfer) {
      byte[] ring = transfer.to().ring();
      return ring == null ? null : desk.recipient(ring);
    }

    /** Two people want it. */
    void decide(Transfer transfer) {
      Change change =
          changes.propose(
              TransferChange.action(transfer.kind()),
              transfer.id(),
              TransferChange.content(transfer, recipient(transfer)),
              "ann",
              "127.0.0.1");
      store.proposed(transfer, change.id());
      changes.confirm(change.id(), change.hash(), "bob", "127.0.0.1");
    }
  }

  private static Owner known(String account) {
    database.execute(
        "insert into api_key (account, id, version, livemode, kind, hash, scopes, cidrs, revoked)"
            + " values ('%s', 'key', 1, false, 'secret', sha256('%s'), '{}', '{}', false)"
                .formatted(account, account));
    return new Owner(account, false);
  }

  private static String number(int n) {
    String digits = "40000099%07d".formatted(n);
    int sum = 0;
    for (int at = 0; at < digits.length(); at++) {
      int digit = digits.charAt(at) - '0';
      int counted = at % 2 == 0 ? digit * 2 : digit;
      sum += counted > 9 ? counted - 9 : counted;
    }
    return digits + (10 - sum % 10) % 10;
  }

  private static String file(int rows) {
    StringBuilder text = new StringBuilder();
    for (int n = 0; n < rows; n++) {
      // Every tenth line has an id that was there, every eleventh no number.
      text.append(
          "{\"id\":\"old_%d\",\"number\":\"%s\",\"exp_month\":9,\"exp_year\":2034,\"name\":\"Jo %d\"}\n"
              .formatted(n % 10 == 9 ? n - 1 : n, n % 11 == 10 ? "1" : number(n), n));
    }
    return text.toString();
  }

  private Transfer received(Worker worker, Owner owner, byte[] file) {
    Transfer transfer = worker.desk.beginImport(owner, new Beginner("ann", "127.0.0.1", "a test"));
    for (int at = 0; at < file.length; at += Desk.PIECE) {
      worker.desk.append(
          transfer.id(),
          at,
          Arrays.copyOfRange(file, at, Math.min(file.length, at + Desk.PIECE)),
          "ann");
    }
    worker.desk.received(transfer.id(), file.length, Sha256.hex(file), "ann");
    worker.portability.run();
    return worker.store.find(transfer.id());
  }

  private byte[] encrypted(Worker worker, String text) {
    return PgpFiles.to(worker.desk.importKey("ann").armoured()).of(text);
  }

  private static long count(String sql) {
    return Long.parseLong(database.query(sql));
  }

  @Test
  void anImportThatIsCutOffTwiceHasEachLineOnce() throws IOException {
    Owner owner = known("acct_in");
    Worker first = new Worker(10, 3);
    Transfer transfer = received(first, owner, encrypted(first, file(ROWS)));
    assertThat(transfer.state()).isEqualTo(State.CHECKED);
    assertThat(count("select count(*) from card where account = 'acct_in'")).isZero();
    first.decide(transfer);
    first.portability.run();
    assertThat(first.store.find(transfer.id()).progress().moved()).isEqualTo(300);
    Worker second = new Worker(10, 2);
    second.portability.run();
    assertThat(second.store.find(transfer.id()).progress().moved()).isEqualTo(500);
    assertThat(second.store.find(transfer.id()).state()).isEqualTo(State.RUNNING);
    Worker third = new Worker(10, 1_000);
    third.portability.run();
    Transfer done = third.store.find(transfer.id());
    assertThat(done.state()).isEqualTo(State.DONE);
    int twice = ROWS / 10;
    long none =
        java.util.stream.IntStream.range(0, ROWS).filter(n -> n % 11 == 10 && n % 10 != 9).count();
    long imported = ROWS - twice - none;
    assertThat(count("select count(*) from card where account = 'acct_in'")).isEqualTo(imported);
    assertThat(count("select count(distinct fingerprint) from card where account = 'acct_in'"))
        .isEqualTo(imported);
    assertThat(count("select count(*) from card_transfer_line where account = 'acct_in'"))
        .isEqualTo(ROWS);
    assertThat(done.texts().report())
        .contains("\"imported\":" + imported, "\"duplicate_id\":" + twice)
        .contains("\"invalid_number\":" + none);
    assertThat(folder.resolve("spool").resolve(transfer.id())).doesNotExist();
  }

  @Test
  void anExportThatIsCutOffHasEachCardOnce() throws IOException {
    Owner owner = known("acct_out");
    Worker first = new Worker(250, 1_000);
    Transfer in = received(first, owner, encrypted(first, file(ROWS)));
    first.decide(in);
    first.portability.run();
    long there = count("select count(*) from card where account = 'acct_out'");
    assertThat(there).isGreaterThan(500);
    Transfer out =
        first.desk.beginExport(
            owner,
            new Beginner("ann", "127.0.0.1", "a test"),
            first.desk.recipient(
                first.desk.importKey("ann").armoured().getBytes(StandardCharsets.US_ASCII)),
            null,
            null);
    clock.advance(Duration.ofSeconds(1));
    first.decide(out);
    clock.advance(Exporting.SETTLE);
    for (int batches : new int[] {1, 3, 2}) {
      // Each is cut off within a part, which is begun anew.
      Worker cut = new Worker(250, batches);
      cut.portability.run();
      assertThat(cut.store.find(out.id()).state()).isEqualTo(State.RUNNING);
    }
    Worker last = new Worker(250, 1_000);
    last.portability.run();
    Transfer done = last.store.find(out.id());
    assertThat(done.state()).isEqualTo(State.DONE);
    assertThat(done.texts().report())
        .contains("\"exported\":" + there, "\"cards_at_begin\":" + there)
        .contains("\"deleted_meanwhile\":0");
    Set<String> exported = new HashSet<>();
    List<String> lines = new ArrayList<>();
    for (int number = 1; number <= 3; number++) {
      byte[] part = Files.readAllBytes(part(out, number));
      assertThat(done.texts().report()).contains(Sha256.hex(part));
      EncryptedFile file =
          EncryptedFile.open(new ByteArrayInputStream(part), last.portability.keys()::find);
      String text = new String(file.plaintext().readAllBytes(), StandardCharsets.UTF_8);
      file.finish();
      text.lines().forEach(lines::add);
    }
    lines.forEach(line -> exported.add(String.valueOf(Json.readObject(line).get("number"))));
    assertThat(lines).hasSize((int) there);
    assertThat(exported).hasSize((int) there);
    assertThat(lines.getFirst()).contains("\"name\":\"Jo ").doesNotContain("cvc");
    clock.advance(Duration.ofDays(8));
    last = new Worker(250, 1_000);
    last.portability.run();
    try (Stream<Path> left = Files.walk(folder.resolve("spool"))) {
      assertThat(left.filter(file -> file.toString().endsWith(".pgp"))).isEmpty();
    }
  }

  @Test
  void nothingIsEncryptedToAKeyThatHasExpiredSince() {
    Owner owner = known("acct_expired");
    Worker worker = new Worker(250, 1_000);
    byte[] key =
        PgpFiles.armoured(
                PgpFiles.key(
                    clock.instant().minus(Duration.ofDays(5 * 365)).plus(Duration.ofMinutes(5))))
            .getBytes(StandardCharsets.US_ASCII);
    Transfer out =
        worker.desk.beginExport(
            owner,
            new Beginner("ann", "127.0.0.1", "a test"),
            worker.desk.recipient(key),
            null,
            null);
    worker.decide(out);
    clock.advance(Duration.ofMinutes(10));
    worker.portability.run();
    Transfer failed = worker.store.find(out.id());
    assertThat(failed.state()).isEqualTo(State.FAILED);
    assertThat(failed.texts().report()).contains("recipient_key_unusable");
  }

  private Transfer confirmedExport(Worker worker, Owner owner) {
    Transfer out =
        worker.desk.beginExport(
            owner,
            new Beginner("ann", "127.0.0.1", "a test"),
            worker.desk.recipient(
                worker.desk.importKey("ann").armoured().getBytes(StandardCharsets.US_ASCII)),
            null,
            null);
    worker.decide(out);
    return out;
  }

  @Test
  void nothingIsWrittenThatTwoPeopleDidNotConfirm() {
    Worker worker = new Worker(250, 1_000);
    List<String> changes =
        List.of(
            "recipient = decode('%s', 'hex')".formatted(certificate()),
            "purpose = 'another'",
            "livemode = true",
            "created_to = created_to + interval '1 day', started = started + interval '1 day'",
            "change = 'chg_another'");
    for (int at = 0; at < changes.size(); at++) {
      Transfer out = confirmedExport(worker, known("acct_swapped_" + at));
      database.execute(
          "update card_transfer set %s where id = '%s'".formatted(changes.get(at), out.id()));
      clock.advance(Exporting.SETTLE);
      worker.portability.run();
      Transfer failed = worker.store.find(out.id());
      assertThat(failed.state()).as(changes.get(at)).isEqualTo(State.FAILED);
      assertThat(failed.texts().report()).contains("not_what_was_confirmed");
      assertThat(
              count(
                  "select count(*) from audit_entry where action = 'cards.export_failed' and"
                      + " subject = '%s'".formatted(out.id())))
          .isEqualTo(1);
    }
  }

  private static String certificate() {
    try {
      return HexFormat.of()
          .formatHex(
              PgpFiles.key(clock.instant().minus(Duration.ofDays(1))).toCertificate().getEncoded());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void thePublicPartThatIsHandedOutIsThatOfThePrivateOne() {
    Worker worker = new Worker(250, 1_000);
    String before = worker.desk.importKey("ann").armoured();
    String ring = database.query("select encode(ring, 'hex') from openpgp_key");
    database.execute("update openpgp_key set ring = decode('%s', 'hex')".formatted(certificate()));
    try {
      assertThat(worker.desk.importKey("ann").armoured()).isEqualTo(before);
    } finally {
      database.execute("update openpgp_key set ring = decode('%s', 'hex')".formatted(ring));
    }
  }

  @Test
  void whatAKillLeftGoes() throws IOException {
    Worker worker = new Worker(250, 1_000);
    Transfer open = received(worker, known("acct_open"), encrypted(worker, file(5)));
    Path left = Files.createDirectory(folder.resolve("spool").resolve("trf_left"));
    Files.createFile(left.resolve("part-00001.pgp.new"));
    new Worker(250, 1_000).portability.run();
    assertThat(left).doesNotExist();
    assertThat(folder.resolve("spool").resolve(open.id()).resolve("file.pgp")).exists();
    worker.desk.abandon(open.id(), "ann");
  }

  @Test
  void aTransferThatMeetsAFaultHoldsUpNoOtherOne() throws IOException {
    Worker worker = new Worker(10, 1_000);
    Transfer stuck = received(worker, known("acct_stuck"), encrypted(worker, file(5)));
    worker.decide(stuck);
    Files.delete(folder.resolve("spool").resolve(stuck.id()).resolve("file.pgp"));
    clock.advance(Duration.ofSeconds(1));
    Transfer later = received(worker, known("acct_later"), encrypted(worker, file(5)));
    assertThat(later.state()).isEqualTo(State.CHECKED);
    worker.decide(later);
    worker.portability.run();
    assertThat(worker.store.find(later.id()).state()).isEqualTo(State.DONE);
    assertThat(worker.store.find(stuck.id()).state()).isEqualTo(State.RUNNING);
    assertThat(count("select count(*) from card_transfer_line where account = 'acct_later'"))
        .isEqualTo(5);
    clock.advance(Duration.ofDays(8));
    worker.portability.run();
    assertThat(count("select count(*) from card_transfer_line where account = 'acct_later'"))
        .as("old ids have their time")
        .isZero();
    worker.desk.abandon(stuck.id(), "ann");
  }

  @Test
  void whatHasHadItsTimeGoesAlsoWithAnotherFolder() throws IOException {
    Worker worker = new Worker(10, 1_000);
    Owner owner = known("acct_moved");
    Transfer in = received(worker, owner, encrypted(worker, file(5)));
    worker.decide(in);
    worker.portability.run();
    clock.advance(Duration.ofSeconds(1));
    Transfer out = confirmedExport(worker, owner);
    clock.advance(Exporting.SETTLE);
    worker.portability.run();
    assertThat(List.of(worker.store.find(in.id()).state(), worker.store.find(out.id()).state()))
        .containsOnly(State.DONE);
    Path spool = folder.resolve("spool");
    Path away = Files.move(spool, folder.resolve("away"));
    clock.advance(Duration.ofDays(8));
    new Worker(10, 1_000).portability.run();
    assertThat(count("select count(*) from card_transfer_line where account = 'acct_moved'"))
        .as("old ids, after a restore or with a new folder")
        .isZero();
    assertThat(
            count(
                "select count(*) from card_transfer_part where removed is null and transfer = '%s'"
                    .formatted(out.id())))
        .isZero();
    assertThat(away.resolve(out.id()).resolve("part-00001.pgp"))
        .as("what is not here is not touched")
        .exists();
  }

  private Path part(Transfer transfer, int number) {
    return folder
        .resolve("spool")
        .resolve(transfer.id())
        .resolve("part-%05d.pgp".formatted(number));
  }

  @Test
  void aFileThatWasChangedOnTheDiskIsNotImported() throws IOException {
    Owner owner = known("acct_changed");
    Worker worker = new Worker(10, 1_000);
    Transfer transfer = received(worker, owner, encrypted(worker, file(5)));
    worker.decide(transfer);
    Path file = folder.resolve("spool").resolve(transfer.id()).resolve("file.pgp");
    byte[] other = encrypted(worker, file(6));
    Files.write(file, other);
    worker.portability.run();
    Transfer failed = worker.store.find(transfer.id());
    assertThat(failed.state()).isEqualTo(State.FAILED);
    assertThat(failed.texts().report()).contains("file_changed");
    assertThat(count("select count(*) from card where account = 'acct_changed'")).isZero();
  }

  @Test
  void aBrokenFileIsRefusedBeforeAnybodyDecides() {
    Owner owner = known("acct_broken");
    Worker worker = new Worker(10, 1_000);
    byte[] whole = encrypted(worker, file(500));
    byte[] flipped = whole.clone();
    flipped[whole.length - 40] ^= 1;
    for (byte[] file : List.of(flipped, Arrays.copyOf(whole, whole.length - 30))) {
      Transfer refused = received(worker, owner, file);
      assertThat(refused.state()).isEqualTo(State.REFUSED);
      assertThat(refused.texts().findings()).contains("file_broken");
    }
    assertThat(count("select count(*) from card where account = 'acct_broken'")).isZero();
  }

  @Test
  void whatNobodyConfirmsIsAbandonedAndItsFileGoes() {
    Owner owner = known("acct_late");
    Worker worker = new Worker(10, 1_000);
    Transfer transfer = received(worker, owner, encrypted(worker, file(5)));
    Change change =
        worker.changes.propose(
            TransferChange.action(transfer.kind()),
            transfer.id(),
            TransferChange.content(transfer, null),
            "ann",
            "127.0.0.1");
    worker.store.proposed(transfer, change.id());
    clock.advance(FourEyes.LIFE.plusMinutes(1));
    worker.portability.run();
    assertThat(worker.store.find(transfer.id()).state()).isEqualTo(State.ABANDONED);
    assertThat(folder.resolve("spool").resolve(transfer.id())).doesNotExist();
  }
}
