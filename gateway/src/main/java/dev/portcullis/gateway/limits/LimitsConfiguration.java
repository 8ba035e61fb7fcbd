package dev.portcullis.gateway.limits;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.journal.GroupCommitJournal;
import dev.portcullis.wire.config.ZoneConfig;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the limits. */
@Configuration(proxyBeanMethods = false)
class LimitsConfiguration {

  @Bean
  GuessedKeys guessedKeys(AuditTrail audit, InstantSource clock) {
    return new GuessedKeys(audit::append, clock);
  }

  @Bean
  Limits limits(
      ZoneConfig config,
      HikariDataSource database,
      GroupCommitJournal journal,
      GuessedKeys guesses,
      MeterRegistry meters) {
    return new Limits(
        new LimitSettings(config.bool("sandbox"), config::find),
        TimeMeter.SYSTEM_NANOTIME,
        () -> Math.max(Math.toIntExact(journal.waiting()), waiting(database)),
        guesses,
        meters);
  }

  /** An eighth of the heap: what bodies are decoded into is counted too. */
  @Bean
  BodyBudget bodyBudget(MeterRegistry meters) {
    return new BodyBudget(Runtime.getRuntime().maxMemory() / 8, meters);
  }

  private static int waiting(HikariDataSource database) {
    HikariPoolMXBean pool = database.getHikariPoolMXBean();
    return pool == null ? 0 : pool.getThreadsAwaitingConnection();
  }
}
