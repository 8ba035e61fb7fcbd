package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.database.Database;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The versions of rules, and which of them was active from when on. */
@Component
final class RulesTable {

  private static final String VERSION = "version, created, author, doc";
  private static final String ACTIVATION = "seq, version, at, author";

  /**
   * A version.
   *
   * @param number 1 for the first
   * @param document as it was proposed
   */
  record Version(int number, Instant created, String author, String document) {}

  /**
   * A version becomes the one that routes.
   *
   * @param seq 1 for the first of the account and mode
   * @param version 0 where there are no rules any more
   */
  record Activation(int seq, int version, Instant at, String author) {}

  private final Database database;

  RulesTable(Database database) {
    this.database = database;
  }

  Optional<Version> version(Tenant tenant, int number) {
    return database
        .of(tenant.account())
        .sql(
            "SELECT "
                + VERSION
                + " FROM routing_rules WHERE account = ? AND livemode = ? AND version = ?")
        .params(tenant.account(), tenant.livemode(), number)
        .query(
            (row, _) ->
                new Version(
                    row.getInt(1),
                    row.getObject(2, OffsetDateTime.class).toInstant(),
                    row.getString(3),
                    row.getString(4)))
        .optional();
  }

  /** The newest versions, without their documents, the newest first. */
  List<Version> versions(Tenant tenant, int most) {
    return database
        .of(tenant.account())
        .sql(
            "SELECT version, created, author FROM routing_rules WHERE account = ? AND livemode = ?"
                + " ORDER BY version DESC LIMIT ?")
        .params(tenant.account(), tenant.livemode(), most)
        .query(
            (row, _) ->
                new Version(
                    row.getInt(1),
                    row.getObject(2, OffsetDateTime.class).toInstant(),
                    row.getString(3),
                    ""))
        .list();
  }

  /** The newest activations, the newest first. */
  List<Activation> activations(Tenant tenant, int most) {
    return database
        .of(tenant.account())
        .sql(
            "SELECT "
                + ACTIVATION
                + " FROM routing_activations WHERE account = ? AND livemode = ?"
                + " ORDER BY seq DESC LIMIT ?")
        .params(tenant.account(), tenant.livemode(), most)
        .query(
            (row, _) ->
                new Activation(
                    row.getInt(1),
                    row.getInt(2),
                    row.getObject(3, OffsetDateTime.class).toInstant(),
                    row.getString(4)))
        .list();
  }

  /** Whether it took; it does not where there is that version already. */
  boolean add(Tenant tenant, Version version) {
    return database
            .of(tenant.account())
            .sql(
                "INSERT INTO routing_rules (account, livemode, "
                    + VERSION
                    + ") VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
            .params(
                tenant.account(),
                tenant.livemode(),
                version.number(),
                version.created().atOffset(ZoneOffset.UTC),
                version.author(),
                version.document())
            .update()
        == 1;
  }

  /** Whether it took; it does not where somebody was faster. */
  boolean add(Tenant tenant, Activation activation) {
    return database
            .of(tenant.account())
            .sql(
                "INSERT INTO routing_activations (account, livemode, "
                    + ACTIVATION
                    + ") VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
            .params(
                tenant.account(),
                tenant.livemode(),
                activation.seq(),
                activation.version(),
                activation.at().atOffset(ZoneOffset.UTC),
                activation.author())
            .update()
        == 1;
  }
}
