package dev.portcullis.gateway.pages;

import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.egress.Names;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the watch over pages. */
@Configuration(proxyBeanMethods = false)
class PagesConfiguration {

  @Bean(destroyMethod = "close")
  PageFetcher pageFetcher(ZoneConfig config, ObjectProvider<Names> names) {
    Set<String> ours = new HashSet<>();
    for (String setting : List.of("public-url", "cards-url")) {
      ours.add(PageFetcher.origin(URI.create(config.string(setting))));
    }
    return new PageFetcher(
        ours,
        config.bool("sandbox"),
        names.getIfAvailable(() -> Names.SYSTEM),
        config.findPath("pages.ca").orElse(null));
  }
}
