package dev.portcullis.gateway.sealing;

import dev.portcullis.gateway.journal.GroupCommitJournal;
import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.ZoneConfig;
import java.util.Base64;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** Wires the sealer with the keys that the configuration refers to. */
@Configuration(proxyBeanMethods = false)
class SealingConfiguration {

  @Bean
  BlindIndex blindIndex(ZoneConfig config) {
    SecretAccess access = SecretAccess.insecureGrant();
    try {
      byte[] key = Base64.getDecoder().decode(config.secret("search-key").reveal(access));
      return new BlindIndex(Secret.ofBytes(key), access);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("The secret of search-key cannot be used: " + e.getMessage(), e);
    }
  }

  /** What writes gets this journal, which seals; the one behind it is for those that watch it. */
  @Bean
  @Primary
  SealingJournal sealingJournal(
      GroupCommitJournal journal, Sealer sealer, PersonalData personal, BlindIndex blind) {
    return new SealingJournal(journal, sealer, personal, blind);
  }

  @Bean
  Sealer sealer(ZoneConfig config) {
    try {
      return Sealer.of(config.secret("sealing-keys"), SecretAccess.insecureGrant());
    } catch (IllegalArgumentException e) {
      throw new ConfigException("The secret of sealing-keys cannot be used: " + e.getMessage(), e);
    }
  }
}
