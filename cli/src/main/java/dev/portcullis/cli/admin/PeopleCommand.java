package dev.portcullis.cli.admin;

import dev.portcullis.cli.HomeOption;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.setup.SetupCodes;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.people.People;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code people}: who administers a zone; alone, it shows its commands. */
@Command(
    name = "people",
    description = "Name the people who administer a zone.",
    subcommands = {
      PeopleCommand.SetupCode.class,
      PeopleCommand.Enroll.class,
      PeopleCommand.Add.class,
      PeopleCommand.ListPeople.class,
      PeopleCommand.Reset.class,
      PeopleCommand.Remove.class
    })
public final class PeopleCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** A command about one zone's people. */
  abstract static class OfZone extends AdminCommand {

    @Option(
        names = "--zone",
        paramLabel = "ZONE",
        defaultValue = "gateway",
        description = "gateway or vault (${DEFAULT-VALUE}); each knows its own people.")
    private AdminZone zone = AdminZone.GATEWAY;

    Zone zone() {
      return zone.zone();
    }

    /** What somebody is told who is to enrol. */
    String invitation(Map<String, @Nullable Object> answer, String name) {
      String at = zone().label();
      return "%s enrols within a day, at the %s, with this code, which is shown once:%n  %s%n  %s"
          .formatted(
              name,
              at,
              text(answer, "enrollment_code"),
              options().home().home().command("people enroll " + name + " --zone " + at));
    }
  }

  /** {@code people setup-code}: shows the first person's codes, once. */
  @Command(
      name = "setup-code",
      description = "Show, once, the codes with which the first person of each zone enrols.")
  static final class SetupCode implements Callable<Integer> {

    @Mixin private HomeOption home = new HomeOption();

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      Home place = home.existing();
      Map<Zone, String> codes = SetupCodes.take(place);
      if (codes.isEmpty()) {
        throw new Refusal(
            "The setup codes were read already. If nobody has enrolled, the next start a day after"
                + " they were made brings new ones.");
      }
      Map<String, @Nullable Object> tree = new LinkedHashMap<>();
      codes.forEach((zone, code) -> tree.put(zone.label(), code));
      String lines =
          codes.entrySet().stream()
              .map(
                  entry ->
                      "%-8s %s   (%s)"
                          .formatted(
                              entry.getKey().label(),
                              entry.getValue(),
                              place.command("people enroll NAME --zone " + entry.getKey().label())))
              .collect(Collectors.joining(System.lineSeparator()));
      if (spec != null) {
        spec.commandLine().getOut().println(json ? Json.writeString(tree) : lines);
        spec.commandLine().getOut().flush();
      }
      return 0;
    }
  }

  /** {@code people enroll}: chooses a password and sets up the authenticator. */
  @Command(
      name = "enroll",
      description = {
        "Choose your password and set up your authenticator, with the code you got.",
        "A password has 12 to 256 characters, is none that everybody tries first, and holds neither"
            + " your name nor the product's; with --password-file it is that file's first line.",
        "Last it asks for a code of the new authenticator, or reads one from standard input."
      })
  static final class Enroll extends OfZone {

    @Parameters(paramLabel = "NAME", description = "Your name.")
    private String name = "";

    @Option(
        names = "--enrollment-code-file",
        paramLabel = "FILE",
        description = "The code is this file's first line (- for standard input).")
    private @Nullable String codeFile;

    @Override
    public Integer call() {
      Prompt prompt = prompt();
      AdminClient client = options().client(zone());
      String code = prompt.secret("enrollment code", codeFile, "--enrollment-code-file");
      String password = newPassword(prompt);
      Map<String, @Nullable Object> begun =
          client.post(
              "enrollments", Map.of("enrollment_code", code, "name", name, "password", password));
      print(
          begun,
          "Put this into your authenticator:%n  secret  %s%n  or URL  %s"
              .formatted(text(begun, "totp_secret"), text(begun, "totp_url")));
      Map<String, @Nullable Object> done =
          client.post(
              "enrollments/confirm",
              Map.of("enrollment_code", code, "name", name, "totp", prompt.plain("Code")));
      print(
          done,
          name
              + " can sign in at the "
              + zone().label()
              + " from the authenticator's next code on: each counts once.");
      return 0;
    }

    /** Asked for twice where it is typed: nobody sees it. */
    private String newPassword(Prompt prompt) {
      String file = options().passwordFile();
      if (file == null) {
        prompt.note(
            People.PASSWORD_RULES + " Your passwords at the gateway and at the vault must differ.");
      }
      String password = prompt.secret("new password", file, "--password-file");
      if (file == null
          && !password.equals(prompt.secret("new password, again", null, "--password-file"))) {
        throw new Refusal("The two are not the same.");
      }
      return password;
    }
  }

  /** {@code people add}: adds somebody, who then enrols. */
  @Command(name = "add", description = "Add somebody; they enrol with the code that is printed.")
  static final class Add extends OfZone {

    @Parameters(paramLabel = "NAME", description = "2 to 40 lower-case letters, digits, . _ -")
    private String name = "";

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        required = true,
        description = "administrator, operator (lists) or auditor (reads).")
    private String role = "";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> added =
          signedIn(zone()).post("people", Map.of("name", name, "role", role));
      print(added, invitation(added, name));
      return 0;
    }
  }

  /** {@code people list}. */
  @Command(name = "list", description = "Say who is there, and who was.")
  static final class ListPeople extends OfZone {

    @Override
    public Integer call() {
      Map<String, @Nullable Object> people = signedIn(zone()).get("people");
      print(
          people,
          data(people).stream()
              .map(ListPeople::line)
              .collect(Collectors.joining(System.lineSeparator())));
      return 0;
    }

    private static String line(Map<String, @Nullable Object> person) {
      return "%-20s %-14s %-8s last sign-in %s"
          .formatted(
              text(person, "name"),
              text(person, "role"),
              text(person, "status"),
              time(person, "last_sign_in", "never"));
    }
  }

  /** {@code people reset}: somebody begins anew. */
  @Command(
      name = "reset",
      description = "Take somebody's password and authenticator away; they enrol anew.")
  static final class Reset extends OfZone {

    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> reset =
          signedIn(zone()).post("people/" + name + "/reset", Map.of());
      print(reset, invitation(reset, name));
      return 0;
    }
  }

  /** {@code people remove}: somebody may do nothing any more. */
  @Command(name = "remove", description = "Remove somebody; their sessions end at once.")
  static final class Remove extends OfZone {

    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> removed = signedIn(zone()).delete("people/" + name);
      print(removed, name + " is removed from the " + zone().label() + ".");
      return 0;
    }
  }
}
