package dev.portcullis.gateway.admin;

import dev.portcullis.gateway.audit.CountedActs;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.sealing.Sealer;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.admin.AdminApi;
import dev.portcullis.wire.admin.PeopleRoutes;
import dev.portcullis.wire.people.People;
import dev.portcullis.wire.people.PeopleStore;
import dev.portcullis.wire.people.TotpSeal;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires administration. */
@Configuration(proxyBeanMethods = false)
class AdminConfiguration {

  /** The secrets of codes lie in the database under the gateway's own key, bound to the person. */
  record Seal(Sealer sealer) implements TotpSeal {

    static Place place(String person) {
      return new Place("administration", true, "person.totp", person);
    }

    @Override
    public String seal(String person, byte[] secret) {
      return sealer.seal(place(person), Base64.getEncoder().encodeToString(secret));
    }

    @Override
    public byte[] open(String person, String sealed) {
      return Base64.getDecoder().decode(sealer.open(place(person), sealed));
    }
  }

  @Bean
  People people(PeopleStore store, Sealer sealer, SecureRandom random, InstantSource clock) {
    SecretAccess access = SecretAccess.insecureGrant();
    return new People(store, "Portcullis gateway", new Seal(sealer), access, random, clock);
  }

  @Bean
  CountedActs failedSignIns(People people) {
    return new CountedActs() {
      @Override
      public void tell() {
        people.signIn().recordFailures();
      }

      @Override
      public void tellAll() {
        people.signIn().recordLastFailures();
      }
    };
  }

  @Bean
  AdminRoutes peopleRoutes(People people) {
    return new PeopleRoutes(people)::routes;
  }

  @Bean
  AdminApi adminApi(List<AdminRoutes> features, People people, InstantSource clock) {
    return new AdminApi(
        features.stream().flatMap(feature -> feature.routes().stream()).toList(),
        people.signIn(),
        clock);
  }
}
