package dev.portcullis.vault;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.portcullis.kit.SecretAccess;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * The connections to the database, in two parts: what the public cards origin asks for waits for
 * its own, however many ask, and never for those that payments go out by.
 */
final class Pools implements AutoCloseable {

  private static final int PAYMENTS = 8;
  private static final int INTAKE = 4;

  private final HikariDataSource payments;
  private final HikariDataSource intake;

  private Pools(HikariDataSource payments, HikariDataSource intake) {
    this.payments = payments;
    this.intake = intake;
  }

  static Pools open(VaultConfig.Database database, SecretAccess access) {
    HikariDataSource payments = pool("vault", PAYMENTS, database, access);
    try {
      return new Pools(payments, pool("intake", INTAKE, database, access));
    } catch (RuntimeException e) {
      payments.close();
      throw e;
    }
  }

  private static HikariDataSource pool(
      String name, int connections, VaultConfig.Database database, SecretAccess access) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName(name);
    pool.setJdbcUrl(database.url());
    pool.setUsername(database.user());
    pool.setPassword(database.password().reveal(access));
    pool.setMaximumPoolSize(connections);
    pool.setMinimumIdle(1);
    pool.setConnectionTimeout(Duration.ofSeconds(5).toMillis());
    pool.setMaxLifetime(Duration.ofMinutes(10).toMillis());
    pool.addDataSourceProperty("ApplicationName", "portcullis-vault");
    pool.addDataSourceProperty("connectTimeout", 5);
    pool.addDataSourceProperty("socketTimeout", 10);
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

  /** How many requests of card intake wait for a connection. */
  int intakeWaiting() {
    HikariPoolMXBean pool = intake.getHikariPoolMXBean();
    return pool == null ? 0 : pool.getThreadsAwaitingConnection();
  }

  @Override
  public void close() {
    intake.close();
    payments.close();
  }
}
