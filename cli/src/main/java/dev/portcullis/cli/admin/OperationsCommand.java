package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code operations}: what providers were asked for and nobody knows the end of. */
@Command(
    name = "operations",
    description =
        "See what providers were asked for and whose end is not known, and settle what waits for a"
            + " person (docs/OPERATIONS.md).",
    subcommands = {
      OperationsCommand.ListOpen.class,
      OperationsCommand.Ask.class,
      OperationsCommand.Settle.class
    })
public final class OperationsCommand implements Runnable {

  private static final String PATH = "operations";

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** {@code operations list}. */
  @Command(
      name = "list",
      description = "Show the operations that wait for a person, or for something else.")
  static final class ListOpen extends ReconcileOfAccount {

    @Option(
        names = "--state",
        paramLabel = "STATE",
        defaultValue = "parked",
        description = {
          "parked: a person has to look. waiting: the provider or the shopper has something to do"
              + " still. sent: no answer yet. (${DEFAULT-VALUE})"
        })
    private String state = "";

    @Option(
        names = "--after",
        paramLabel = "OPERATION",
        description = "Begin after that one; a list that is not all names it.")
    private @Nullable String after;

    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer =
          signedIn(Zone.GATEWAY)
              .get(
                  PATH
                      + query()
                      + "&state="
                      + state
                      + (after == null ? "" : "&starting_after=" + after));
      print(answer, lines(answer, state));
      return 0;
    }

    private static String lines(Map<String, @Nullable Object> answer, String state) {
      List<String> lines = new ArrayList<>();
      for (Map<String, @Nullable Object> each : data(answer)) {
        lines.add(line(each));
      }
      if (lines.isEmpty()) {
        lines.add("No operation is " + state + ".");
      }
      if (Boolean.TRUE.equals(answer.get("has_more"))) {
        lines.add("There are more: --after " + AdminCommand.text(data(answer).getLast(), "id"));
      }
      return String.join(System.lineSeparator(), lines);
    }
  }

  private static String line(Map<String, @Nullable Object> operation) {
    if (Boolean.FALSE.equals(operation.get("readable"))) {
      return "%s  %s  cannot be read  for %s%n    it is damaged, or a newer release wrote it"
          .formatted(
              AdminCommand.text(operation, "id"),
              AdminCommand.time(operation, "created", ""),
              AdminCommand.text(operation, "about"));
    }
    String reference = AdminCommand.text(operation, "reference");
    return "%s  %s  %-9s  %s  at %s for %s%n    sent %s, looked up %s, %s; %s"
        .formatted(
            AdminCommand.text(operation, "id"),
            AdminCommand.time(operation, "created", ""),
            AdminCommand.text(operation, "kind").replace('_', ' '),
            amount(operation),
            AdminCommand.text(operation, "provider"),
            AdminCommand.text(operation, "about"),
            times(operation, "sent"),
            times(operation, "looked_up"),
            reference.isEmpty() ? "the provider gave it no name" : "called " + reference,
            Boolean.TRUE.equals(operation.get("can_be_asked"))
                ? "operations ask has the provider say how it stands"
                : "this provider cannot be asked: look in its dashboard");
  }

  private static String times(Map<String, @Nullable Object> operation, String member) {
    long times = AdminCommand.number(operation, member);
    return times == 1 ? "once" : times + " times";
  }

  private static String amount(Map<String, @Nullable Object> operation) {
    return operation.get("amount") == null
        ? "no amount"
        : AdminCommand.text(operation, "amount") + " " + AdminCommand.text(operation, "currency");
  }

  /** A command about one operation. */
  abstract static class OfOperation extends AccountCommand {

    @Parameters(index = "0", paramLabel = "OPERATION", description = "One of operations list.")
    private String operation = "";

    Map<String, @Nullable Object> post(String verb, Map<String, @Nullable Object> body) {
      return signedIn(Zone.GATEWAY).post(PATH + "/" + operation + "/" + verb, body);
    }

    void show(Map<String, @Nullable Object> answer) {
      String said = text(answer, "provider_says");
      String stands =
          operation
              + (text(answer, "state").equals("done")
                  ? " is settled"
                  : " is " + text(answer, "state"));
      print(
          answer,
          said.isEmpty() ? stands : "The provider says: " + said.replace('_', ' ') + "; " + stands);
    }
  }

  /** {@code operations ask}. */
  @Command(
      name = "ask",
      description = {
        "Ask the provider now what became of an operation; what it knows for certain is booked."
      })
  static final class Ask extends OfOperation {
    @Override
    public Integer call() {
      show(post("ask", body()));
      return 0;
    }
  }

  /** {@code operations settle}. */
  @Command(
      name = "settle",
      description = {
        "Say what became of an operation that waits for a person, having looked at the provider.",
        "A provider that can be asked is asked first: what it knows for certain counts instead.",
        "What is said to have failed can be paid anew: be sure that it was not charged."
      })
  static final class Settle extends OfOperation {

    @Option(
        names = "--outcome",
        paramLabel = "WORD",
        required = true,
        description = "succeeded: the provider did it. failed: it did not, and will not.")
    private String outcome = "";

    @Option(
        names = "--reference",
        paramLabel = "NAME",
        description = "What the provider calls it; needed for what succeeded.")
    private @Nullable String reference;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        required = true,
        description = "How you know; it stands in the audit trail.")
    private String reason = "";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> body = body();
      body.put("outcome", outcome);
      body.put("reason", reason);
      if (reference != null) {
        body.put("reference", reference);
      }
      show(post("settle", body));
      return 0;
    }
  }
}
