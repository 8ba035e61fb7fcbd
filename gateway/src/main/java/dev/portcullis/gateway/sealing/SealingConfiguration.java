package dev.portcullis.gateway.sealing;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.ZoneConfig;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the sealer with the keys that the configuration refers to. */
@Configuration(proxyBeanMethods = false)
class SealingConfiguration {

  @Bean
  Sealer sealer(ZoneConfig config) {
    try {
      return Sealer.of(config.secret("sealing-keys"), SecretAccess.insecureGrant());
    } catch (IllegalArgumentException e) {
      throw new ConfigException("The secret of sealing-keys cannot be used: " + e.getMessage(), e);
    }
  }
}
