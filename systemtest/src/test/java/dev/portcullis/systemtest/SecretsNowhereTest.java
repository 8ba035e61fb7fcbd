package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.DataKey;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.FileMasterKey;
import dev.portcullis.vault.crypto.MasterKeys;
import dev.portcullis.vault.crypto.Owner;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A thousand cards with numbers that nobody else has go through the system; then everything that
 * can be read is searched for them.
 */
@Order(30)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(SharedPortcullis.class)
class SecretsNowhereTest {
  private static final int PAYMENTS = 1_000;
  private static final int AT_ONCE = 8;

  /** Where these payments' numbers begin, apart from those of other tests. */
  private static final int FIRST_SERIAL = 7_100_000;

  /**
   * No number is written with a zero in front, so this is no counter that stands there by chance.
   */
  private static final String CODE = "047";

  /** An amount in which the code does not occur. */
  private static final String AMOUNT = "1500";

  private final Portcullis portcullis;
  private final Databases databases;

  SecretsNowhereTest(Portcullis portcullis) {
    this.portcullis = portcullis;
    this.databases = new Databases(portcullis);
  }

  @Test
  @Order(1)
  void aThousandMarkedCardsPayAndLeaveNoTrace() throws Exception {
    payAll();
    LeakSearch search = new LeakSearch(CODE);
    List<String> figures = new ArrayList<>();

    searchGateway(portcullis, search);
    figures.add("gateway's memory: " + megabytes(search));
    databases.dumpInto(search, "gateway");
    databases.dumpInto(search, "vault");
    figures.add("and dumps: " + megabytes(search));
    int files = searchHome(portcullis, search);
    figures.add("and " + files + " files under the home: " + megabytes(search));

    System.out.println("secrets: " + String.join(", ", figures));
    assertThat(databases.tables("vault")).as("dumped").hasSizeGreaterThan(3);
    assertThat(databases.tables("gateway")).as("dumped").hasSizeGreaterThan(5);
    assertThat(files).isGreaterThan(500);
    assertThat(search.finds()).isEmpty();
  }

  private static String megabytes(LeakSearch search) {
    return search.searched() / 1_000_000 + " MB";
  }

  private void payAll() throws Exception {
    PersistentClient client = new PersistentClient(portcullis.secretKey(), Duration.ofSeconds(30));
    try (ExecutorService shoppers = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<String>> paid =
          serials().mapToObj(serial -> shoppers.submit(() -> pay(client, serial))).toList();
      for (Future<String> each : paid) {
        assertThat(each.get()).isEqualTo("succeeded");
      }
    }
  }

  /** Cards whose last four digits, which may be shown, cannot be mistaken for the code. */
  private static IntStream serials() {
    return IntStream.iterate(FIRST_SERIAL, serial -> serial + 1)
        .filter(serial -> !TestCards.generated(serial).contains(CODE))
        .limit(PAYMENTS);
  }

  private String pay(PersistentClient client, int serial) {
    Map<String, String> card = new LinkedHashMap<>();
    card.put("type", "card");
    card.put("card[number]", TestCards.generated(serial));
    card.put("card[exp_month]", "11");
    card.put("card[exp_year]", "2035");
    card.put("card[cvc]", CODE);
    Http.Answer made =
        client.post(portcullis.cards() + "/v1/payment_methods", "marked-card-" + serial, card);
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    Http.Answer paid =
        client.post(
            portcullis.api() + "/v1/payment_intents",
            "marked-payment-" + serial,
            Map.of(
                "amount",
                AMOUNT,
                "currency",
                "usd",
                "confirm",
                "true",
                "payment_method",
                made.json().get("id").getAsString()));
    assertThat(paid.status()).as(paid.body()).isEqualTo(200);
    return paid.json().get("status").getAsString();
  }

  /** A dump of all objects, live and dead; as root, also every byte the process may write. */
  static void searchGateway(Portcullis portcullis, LeakSearch search) throws IOException {
    long pid = portcullis.status().pid("gateway");
    Path folder = Portcullis.freshFolder("portcullis-dump");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path dump = folder.resolve("gateway.hprof");
    Commands.run(
            Duration.ofSeconds(60),
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(pid),
            "GC.heap_dump",
            "-all",
            dump.toString())
        .succeeded();
    assertThat(Files.size(dump)).isGreaterThan(10_000_000);
    search.file(dump);
    Files.delete(dump);
    Files.delete(folder);
    if (isRoot()) {
      searchMemory(search, pid);
    }
  }

  private static void searchMemory(LeakSearch search, long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    byte[] buffer = new byte[1 << 20];
    try (RandomAccessFile memory = new RandomAccessFile(process.resolve("mem").toFile(), "r")) {
      for (String line : Files.readAllLines(process.resolve("maps"))) {
        String[] words = line.split("[ -]");
        if (words[2].startsWith("rw") && !line.contains("[v")) {
          long from = Long.parseUnsignedLong(words[0], 16);
          long to = Long.parseUnsignedLong(words[1], 16);
          // Half a buffer at a time, so that what lies across an edge is seen whole once.
          for (long at = from; at < to; at += buffer.length / 2) {
            int read = readMemory(memory, at, buffer, (int) Math.min(buffer.length, to - at));
            search.bytes("memory of the gateway", buffer, read);
          }
        }
      }
    }
  }

  /** Pages that were never touched, or are guarded, cannot be read and hold nothing. */
  private static int readMemory(RandomAccessFile memory, long at, byte[] buffer, int length) {
    try {
      memory.seek(at);
      return Math.max(0, memory.read(buffer, 0, length));
    } catch (IOException unreadable) {
      return 0;
    }
  }

  static int searchHome(Portcullis portcullis, LeakSearch search) throws IOException {
    int files = 0;
    List<Path> all;
    try (Stream<Path> walk = Files.walk(portcullis.home())) {
      all = walk.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList();
    }
    for (Path file : all) {
      try {
        search.file(file);
        files++;
      } catch (NoSuchFileException gone) {
        // The database removes files as it goes; one that is gone can leak nothing.
        assertThat(file).doesNotExist();
      }
    }
    return files;
  }

  @Test
  @Order(2)
  void theSearchFindsWhatIsPlantedInThisVeryHome() throws IOException {
    Path planted = portcullis.home().resolve("run/planted");
    String number = TestCards.generated(FIRST_SERIAL);
    Files.writeString(
        planted,
        "{\"pan\":\""
            + Base64.getEncoder().encodeToString(number.getBytes(StandardCharsets.US_ASCII))
            + "\",\"cvc\":\""
            + CODE
            + "\"}");
    LeakSearch search = new LeakSearch(CODE);
    searchHome(portcullis, search);
    Files.delete(planted);
    assertThat(search.finds()).hasSize(2).allMatch(find -> find.startsWith(planted.toString()));
  }

  @Test
  @Order(3)
  void theVaultsDatabaseAndMasterKeyYieldNumbersAndNoSecurityCode() throws Exception {
    DataKeys keys =
        new DataKeys(
            databases.of("vault"),
            MasterKeys.only(
                new FileMasterKey(
                    Secret.ofBytes(
                        Base64.getDecoder().decode(portcullis.secret("vault", "master-key"))),
                    SecretAccess.insecureGrant())),
            InstantSource.system(),
            new SecureRandom());
    LeakSearch opened = new LeakSearch(CODE);
    int rows =
        open(
                keys,
                opened,
                "select account, livemode, data_key, id, sealed from card",
                DataKey.Purpose.CARD_NUMBER)
            + open(
                keys,
                opened,
                "select account, livemode, data_key, id, details from card",
                DataKey.Purpose.CARD_DETAILS)
            + open(
                keys,
                opened,
                "select account, livemode, data_key, key, answer from idempotency",
                DataKey.Purpose.ANSWER);
    assertThat(rows).isGreaterThan(2 * PAYMENTS);
    assertThat(opened.finds()).filteredOn(find -> find.contains("security code")).isEmpty();
    assertThat(opened.finds())
        .as("whoever has the master key has the numbers: the search looked at the right thing")
        .hasSizeGreaterThanOrEqualTo(PAYMENTS);
  }

  /** Opens every sealed value; a security code would be one whole value, or a word in one. */
  private int open(DataKeys keys, LeakSearch opened, String query, DataKey.Purpose purpose)
      throws SQLException, IOException {
    int rows = 0;
    try (Connection connection = databases.of("vault").getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        byte[] sealed = result.getBytes(5);
        if (sealed != null) {
          Owner owner = new Owner(result.getString(1), result.getBoolean(2));
          byte[] clear =
              keys.byId(owner, result.getString(3)).open(purpose, result.getString(4), sealed);
          opened.bytes(purpose.name(), clear, clear.length);
          assertThat(new String(clear, StandardCharsets.UTF_8)).doesNotContain("\"" + CODE + "\"");
          assertThat(clear.length).as("%s", purpose).isGreaterThan(4);
          rows++;
        }
      }
    }
    return rows;
  }

  @Test
  @Order(4)
  void neitherZonesRoleCanReachTheOthersDatabase() throws SQLException {
    for (String[] pair : new String[][] {{"vault", "gateway"}, {"gateway", "vault"}}) {
      SQLException refused =
          catchThrowableOfType(
              SQLException.class, () -> databases.of(pair[0], pair[1]).getConnection().close());
      assertThat(refused.getSQLState()).as(refused.getMessage()).isIn("42501", "28000");
      try (Connection own = databases.of(pair[1]).getConnection()) {
        assertThat(own.isValid(5)).isTrue();
      }
    }
  }

  @Test
  @Order(5)
  void theGatewaysUserReadsNothingOfTheVaults() throws IOException {
    assumeTrue(isRoot(), "skipped: zones have users of their own only when started as root");
    long vault = portcullis.status().pid("vault");
    List<String> forbidden = new ArrayList<>();
    for (String folder : List.of("vault", "postgres/data", "ca", "operator", "run", "simulator")) {
      forbidden.addAll(filesIn(portcullis.home().resolve(folder)));
    }
    forbidden.removeIf(file -> file.endsWith("ca.pem"));
    assertThat(forbidden).hasSizeGreaterThan(100);
    for (String name : List.of("environ", "mem", "maps", "auxv", "stack", "syscall")) {
      forbidden.add("/proc/" + vault + "/" + name);
    }
    String own = portcullis.home().resolve("gateway/gateway.properties").toString();
    forbidden.add(own);

    assertThat(readable("portcullis-gateway", forbidden)).containsExactly(own);

    // Nor does its own user: what is left to the kernel's root cannot be traced (prctl(2)).
    Path process = Path.of("/proc", Long.toString(vault));
    assertThat(Files.getOwner(process).getName()).isEqualTo("portcullis-vault");
    assertThat(Files.getOwner(process.resolve("mem")).getName()).isEqualTo("root");

    CommandResult fds = as("portcullis-gateway", "ls", "-l", "/proc/" + vault + "/fd");
    assertThat(fds.exitCode()).as(fds.said()).isNotZero();
    CommandResult attach =
        as(
            "portcullis-gateway",
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(vault),
            "VM.version");
    assertThat(attach.exitCode()).as(attach.said()).isNotZero();
  }

  private static List<String> filesIn(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).map(Path::toString).limit(2_000).toList();
    }
  }

  /** Those of the files from which that user can read a byte. */
  private static List<String> readable(String user, List<String> files) throws IOException {
    Path list = Files.createTempFile(Path.of("/var/tmp"), "portcullis-files", ".txt");
    Files.write(list, files);
    Files.setPosixFilePermissions(list, PosixFilePermissions.fromString("rw-r--r--"));
    try {
      return as(
              user,
              "sh",
              "-c",
              "while read -r f; do if head -c 1 \"$f\" >/dev/null 2>&1; then echo \"$f\"; fi;"
                  + " done < "
                  + list)
          .succeeded()
          .lines()
          .toList();
    } finally {
      Files.delete(list);
    }
  }

  private static CommandResult as(String user, String... command) {
    List<String> all =
        new ArrayList<>(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups"));
    all.addAll(List.of(command));
    return Commands.run(Duration.ofSeconds(60), Map.of(), all);
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
