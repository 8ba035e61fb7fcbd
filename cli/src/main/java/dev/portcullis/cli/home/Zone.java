package dev.portcullis.cli.home;

/** The processes of an instance, in the order in which they start; they stop in reverse. */
public enum Zone {
  POSTGRES("postgres"),
  VAULT("vault"),
  SIMULATOR("simulator"),
  GATEWAY("gateway");

  private final String label;

  Zone(String label) {
    this.label = label;
  }

  /** The zone's name in folders, messages and {@code status}. */
  public String label() {
    return label;
  }

  /** The operating-system account that the zone runs under when the instance is started as root. */
  public String account() {
    return "portcullis-" + label;
  }
}
