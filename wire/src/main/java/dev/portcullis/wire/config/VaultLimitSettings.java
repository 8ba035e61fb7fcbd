package dev.portcullis.wire.config;

import static dev.portcullis.wire.config.Setting.number;

import java.util.List;

/** How much card intake one address, key or account may ask for. */
final class VaultLimitSettings {

  private static final int MOST = 1_000_000;

  static final List<Setting> LIST =
      List.of(
          figure(
              "limits.address.requests",
              "Requests a second to the cards origin from one address (with IPv6 one /64), whatever"
                  + " their key; 200 (in a sandbox 5000)."),
          figure(
              "limits.address.unknown-keys",
              "Keys that are none which one address may name in a second; 10 (in a sandbox 200)."),
          number("limits.burst", 1, 1_000, "How many seconds' worth of both may come at once.")
              .or("2"),
          figure(
              "limits.page.stores",
              "Cards, the same one again too, that one address may store in a minute with a"
                  + " publishable key; 240 (in a sandbox 60000)."),
          figure("limits.page.cards", "Different cards of those; 120 (in a sandbox 60000)."),
          figure(
              "limits.pages.stores",
              "What all addresses together may store in a minute with an account's publishable"
                  + " keys; 3000 (in a sandbox 120000)."),
          figure(
              "limits.key.stores",
              "What may be stored in a minute with one secret or restricted key; 6000 (in a sandbox"
                  + " 60000)."),
          figure(
              "limits.account.stores",
              "The same of one account's keys; 12000 (in a sandbox 120000)."),
          number(
                  "limits.number-ends",
                  1,
                  MOST,
                  "Different live cards of one account with the same first and last digits in an"
                      + " hour: who tries the digits between them comes with many.")
              .or("10"),
          number(
                  "limits.intake.running",
                  1,
                  1_000,
                  "Requests with a card that are worked at at once.")
              .or("48"),
          number(
                  "limits.intake.waiting",
                  0,
                  10_000,
                  "Those that wait for it, five seconds at most; beyond them a request is refused"
                      + " with 503 before its body is read.")
              .or("256"));

  private VaultLimitSettings() {}

  private static Setting figure(String name, String sentence) {
    return number(name, 1, MOST, sentence);
  }
}
