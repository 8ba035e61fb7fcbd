package dev.portcullis.gateway.limits;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.portcullis.gateway.journal.GroupCommitJournal;
import dev.portcullis.wire.config.ZoneConfig;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the limits. */
@Configuration(proxyBeanMethods = false)
class LimitsConfiguration {

  @Bean
  Limits limits(
      ZoneConfig config,
      HikariDataSource database,
      GroupCommitJournal journal,
      MeterRegistry meters) {
    return new Limits(
        new LimitSettings(config.bool("sandbox"), config::find),
        TimeMeter.SYSTEM_NANOTIME,
        () -> Math.max(Math.toIntExact(journal.waiting()), waiting(database)),
        meters);
  }

  private static int waiting(HikariDataSource database) {
    HikariPoolMXBean pool = database.getHikariPoolMXBean();
    return pool == null ? 0 : pool.getThreadsAwaitingConnection();
  }
}
