package dev.portcullis.gateway.admin;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.sealing.Resealing;
import dev.portcullis.gateway.sealing.Sealer;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The secrets of people's authenticators; what was proposed and not confirmed lives a day. */
@Component
final class AuthenticatorResealing implements Resealing {

  private final JdbcClient jdbc;
  private final Sealer sealer;

  AuthenticatorResealing(Database database, Sealer sealer) {
    this.jdbc = database.shared();
    this.sealer = sealer;
  }

  private record Kept(String person, String totp) {}

  @Override
  public String table() {
    return "person";
  }

  @Override
  public Part next(String after, int limit) {
    List<Kept> people =
        jdbc.sql(
                "SELECT name, totp FROM person WHERE name > ? AND totp IS NOT NULL"
                    + " ORDER BY name LIMIT ?")
            .params(after, limit)
            .query((row, _) -> new Kept(row.getString(1), row.getString(2)))
            .list();
    int sealed = 0;
    for (Kept kept : people) {
      sealed +=
          sealer
              .renewed(AdminConfiguration.Seal.place(kept.person), kept.totp)
              .map(
                  fresh ->
                      jdbc.sql("UPDATE person SET totp = ? WHERE name = ? AND totp = ?")
                          .params(fresh, kept.person, kept.totp)
                          .update())
              .orElse(0);
    }
    return new Part(people.size(), sealed, people.size() < limit ? null : people.getLast().person);
  }
}
