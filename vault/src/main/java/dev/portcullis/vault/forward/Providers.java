package dev.portcullis.vault.forward;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * The providers that the policies in the directory name. They are read once, at the start, and the
 * hash of each goes into the audit trail before the first request is taken.
 */
public final class Providers implements AutoCloseable {

  private final List<Provider> providers;

  private Providers(List<Provider> providers) {
    this.providers = List.copyOf(providers);
  }

  /**
   * How providers are reached.
   *
   * @param tls whom to trust
   * @param sandbox whether a policy may name this machine
   * @param secrets the providers' secrets by name
   */
  public record Access(SSLContext tls, boolean sandbox, Function<String, BoundSecret> secrets) {}

  /**
   * Reads the policies.
   *
   * @throws PolicyException if one cannot be used
   * @throws SQLException if the audit trail cannot be written
   */
  public static Providers load(
      Path directory, Access access, SecretAccess secretAccess, AuditTrail audit)
      throws SQLException {
    List<Provider> providers = new ArrayList<>();
    for (Path file : files(directory)) {
      byte[] json = readBytes(file);
      String name = String.valueOf(file.getFileName());
      Policy policy = PolicyReader.read(name, json);
      if (policy.allowLoopback() && !access.sandbox()) {
        throw new PolicyException(
            "The forward policy " + name + " allows loopback, which only a sandbox may.");
      }
      Credentials credentials =
          Credentials.of(
              name, policy, access.secrets().apply(policy.credential().secret()), secretAccess);
      audit.append("policy.loaded", name, "sha256:" + sha256(json));
      audit.append(
          "credential.bound", policy.credential().secret(), credentials.binding().toString());
      providers.add(
          new Provider(
              policy,
              credentials,
              new EgressClient(
                  access.tls(),
                  EgressOptions.to(
                      policy.allowLoopback() ? AddressPolicy.LOOPBACK : AddressPolicy.PUBLIC))));
    }
    refuseDoubles(providers);
    return new Providers(providers);
  }

  private static void refuseDoubles(List<Provider> providers) {
    long distinct =
        providers.stream()
            .map(
                provider ->
                    List.of(
                        provider.policy().provider(),
                        provider.policy().livemode(),
                        provider.credentials().binding().account()))
            .distinct()
            .count();
    if (distinct != providers.size()) {
      throw new PolicyException(
          "Two forward policies are for the same provider, mode and account.");
    }
  }

  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new PolicyException("The policy directory " + directory + " cannot be read.");
    }
  }

  private static byte[] readBytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException("The forward policy " + file + " cannot be read.", e);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }

  /** The provider account of that name for that owner. */
  Optional<Provider> find(String account, Owner owner) {
    return providers.stream()
        .filter(provider -> provider.policy().provider().equals(account))
        .filter(provider -> provider.credentials().isFor(owner))
        .findFirst();
  }

  /** Whether that provider account is there in that mode, for whomever. */
  boolean serves(String account, boolean livemode) {
    return providers.stream()
        .filter(provider -> provider.policy().provider().equals(account))
        .anyMatch(provider -> provider.policy().livemode() == livemode);
  }

  /** Whether there is an operation of that name at that provider account, in whichever mode. */
  boolean knows(String account, String operation) {
    return providers.stream()
        .filter(provider -> provider.policy().provider().equals(account))
        .anyMatch(provider -> provider.policy().operations().containsKey(operation));
  }

  @Override
  public void close() {
    providers.forEach(provider -> provider.client().close());
  }
}
