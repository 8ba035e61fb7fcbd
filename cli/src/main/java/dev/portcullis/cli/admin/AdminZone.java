package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Zone;

/** The zones that have people. */
enum AdminZone {
  GATEWAY(Zone.GATEWAY),
  VAULT(Zone.VAULT);

  private final Zone zone;

  AdminZone(Zone zone) {
    this.zone = zone;
  }

  Zone zone() {
    return zone;
  }

  @Override
  public String toString() {
    return zone.label();
  }
}
