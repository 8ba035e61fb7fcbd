package dev.portcullis.vault;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.portcullis.kit.SecretAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * The connections to the database, in parts: what the public cards origin asks for waits for its
 * own, however many ask, and never for those that payments go out by.
 */
final class Pools implements AutoCloseable {

  private static final int PAYMENTS = 8;
  private static final int INTAKE = 4;
  private static final int ROTATION = 3;
  private static final int TRANSFERS = 3;

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Counting all of an account's cards takes a while, and nobody waits for it. */
  private static final Duration COUNTING = Duration.ofMinutes(2);

  private final HikariDataSource payments;
  private final HikariDataSource intake;
  private final HikariDataSource rotation;
  private final HikariDataSource transfers;

  private Pools(List<HikariDataSource> pools) {
    this.payments = pools.get(0);
    this.intake = pools.get(1);
    this.rotation = pools.get(2);
    this.transfers = pools.get(3);
  }

  static Pools open(VaultConfig.Database database, SecretAccess access) {
    List<HikariDataSource> pools = new ArrayList<>();
    try {
      pools.add(pool("vault", PAYMENTS, 1, PATIENCE, database, access));
      pools.add(pool("intake", INTAKE, 1, PATIENCE, database, access));
      pools.add(pool("rotation", ROTATION, 0, PATIENCE, database, access));
      pools.add(pool("transfers", TRANSFERS, 0, COUNTING, database, access));
      return new Pools(pools);
    } catch (RuntimeException e) {
      pools.forEach(HikariDataSource::close);
      throw e;
    }
  }

  private static HikariDataSource pool(
      String name,
      int connections,
      int idle,
      Duration patience,
      VaultConfig.Database database,
      SecretAccess access) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName(name);
    pool.setJdbcUrl(database.url());
    pool.setUsername(database.user());
    pool.setPassword(database.password().reveal(access));
    pool.setMaximumPoolSize(connections);
    pool.setMinimumIdle(idle);
    pool.setConnectionTimeout(Duration.ofSeconds(5).toMillis());
    pool.setMaxLifetime(Duration.ofMinutes(10).toMillis());
    pool.addDataSourceProperty("ApplicationName", "portcullis-vault");
    pool.addDataSourceProperty("connectTimeout", 5);
    pool.addDataSourceProperty("socketTimeout", (int) patience.toSeconds());
    pool.addDataSourceProperty("tcpKeepAlive", true);
    return new HikariDataSource(pool);
  }

  /** For everything but card intake. */
  DataSource payments() {
    return payments;
  }

  /** For card intake. */
  DataSource intake() {
    return intake;
  }

  /** For the rotation of keys: it reads, writes and holds its lock at once. */
  DataSource rotation() {
    return rotation;
  }

  /** For cards in bulk, which work like a rotation. */
  DataSource transfers() {
    return transfers;
  }

  /** How many requests of card intake wait for a connection. */
  int intakeWaiting() {
    HikariPoolMXBean pool = intake.getHikariPoolMXBean();
    return pool == null ? 0 : pool.getThreadsAwaitingConnection();
  }

  @Override
  public void close() {
    intake.close();
    rotation.close();
    transfers.close();
    payments.close();
  }
}
