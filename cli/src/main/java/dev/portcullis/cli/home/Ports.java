package dev.portcullis.cli.home;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ports of one instance, all on the loopback, counted from one base.
 *
 * @param base the API's port, 1024..65525
 */
public record Ports(int base) {
  private static final int SPAN = 11;
  private static final int USUAL = 4242;

  public Ports {
    if (base < 1024 || base > 65_536 - SPAN) {
      throw new Refusal(
          "--port " + base + " does not work: choose a base between 1024 and " + (65_536 - SPAN));
    }
  }

  /**
   * Those of a home: a base that was given now, or with which it was last started, or the usual.
   *
   * @param given null where nobody named one
   */
  public static Ports of(Home home, @Nullable Integer given) {
    if (given != null) {
      return new Ports(given);
    }
    return HomeFiles.read(home.portNote())
        .map(text -> new Ports(kept(home, text.strip())))
        .orElseGet(() -> new Ports(USUAL));
  }

  private static int kept(Home home, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new Refusal(home.portNote() + " holds no port: name it with --port.", e);
    }
  }

  /** The next start without one has these. */
  public void keep(Home home) {
    HomeFiles.writePrivate(home.portNote(), base + "\n");
  }

  public int api() {
    return base;
  }

  public int cards() {
    return base + 1;
  }

  public int shopper() {
    return base + 2;
  }

  public int vaultInternal() {
    return base + 3;
  }

  public int provider() {
    return base + 4;
  }

  public int vaultManagement() {
    return base + 5;
  }

  public int gatewayManagement() {
    return base + 6;
  }

  public int simulatorManagement() {
    return base + 7;
  }

  public int postgres() {
    return base + 8;
  }

  public int gatewayAdmin() {
    return base + 9;
  }

  public int vaultAdmin() {
    return base + 10;
  }

  /** Each port with what it is for, in rising order. */
  public Map<Integer, String> named() {
    Map<Integer, String> named = new LinkedHashMap<>();
    named.put(api(), "the API");
    named.put(cards(), "the cards origin");
    named.put(shopper(), "the simulator's shopper pages");
    named.put(vaultInternal(), "the vault's internal listener");
    named.put(provider(), "the simulated provider");
    named.put(vaultManagement(), "the vault's health");
    named.put(gatewayManagement(), "the gateway's health");
    named.put(simulatorManagement(), "the simulator's health");
    named.put(postgres(), "PostgreSQL");
    named.put(gatewayAdmin(), "the gateway's administration");
    named.put(vaultAdmin(), "the vault's administration");
    return named;
  }
}
