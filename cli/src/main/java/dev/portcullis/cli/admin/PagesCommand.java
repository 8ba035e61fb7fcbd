package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pages}: the integrity of payment pages; alone, it shows its commands. */
@Command(
    name = "pages",
    description = "See whether payment pages arrive as they were approved (docs/CHECKOUT.md).",
    subcommands = {
      PagesCommand.ListPages.class,
      PagesCommand.Check.class,
      PagesCommand.Show.class,
      PagesCommand.Approve.class,
      PagesCommand.Watch.class,
      PagesCommand.Unwatch.class,
      PagesCommand.Reports.class
    })
public final class PagesCommand implements Runnable {

  private static final String PATH = "watched_pages";

  /** Something differs; the same as that of {@code reconcile}. */
  private static final int DIFFERS = 3;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** {@code pages list}. */
  @Command(name = "list", description = "Show the pages that are watched, and how they stand.")
  static final class ListPages extends AdminCommand {
    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer = signedIn(Zone.GATEWAY).get(PATH);
      print(answer, PageLines.list(data(answer)));
      return 0;
    }
  }

  /** {@code pages check}. */
  @Command(
      name = "check",
      description = {
        "Get pages as a shopper's browser does, and say what is not as it was approved.",
        "Exit code 0 if nothing differs, 3 if something does, or else 1 if a page could not be got,"
            + " or else 3 if one is not approved yet."
      })
  static final class Check extends AdminCommand {

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "PAGE",
        description = "One of pages list; without it, all of them.")
    private @Nullable String page;

    @Override
    public Integer call() {
      AdminClient gateway = signedIn(Zone.GATEWAY);
      List<String> wanted = page == null ? ids(data(gateway.get(PATH))) : List.of(page);
      List<Map<String, @Nullable Object>> checked = new ArrayList<>();
      for (String each : wanted) {
        checked.add(gateway.post(PATH + "/" + each + "/check", Map.of()));
      }
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      all.put("object", "list");
      all.put("data", checked);
      print(all, PageLines.checked(checked));
      return code(checked);
    }

    private static List<String> ids(List<Map<String, @Nullable Object>> pages) {
      List<String> ids = new ArrayList<>();
      for (Map<String, @Nullable Object> each : pages) {
        ids.add(text(each, "id"));
      }
      return ids;
    }

    private static int code(List<Map<String, @Nullable Object>> checked) {
      int code = 0;
      for (Map<String, @Nullable Object> each : checked) {
        if (text(each, "status").equals("changed")) {
          return DIFFERS;
        }
        if (each.get("fault") != null) {
          code = 1;
        } else if (!text(each, "status").equals("same") && code == 0) {
          code = DIFFERS;
        }
      }
      return code;
    }
  }

  /** A command about one page. */
  abstract static class OfPage extends AdminCommand {

    @Parameters(index = "0", paramLabel = "PAGE", description = "One of pages list.")
    private String page = "";

    String path() {
      return PATH + "/" + page;
    }
  }

  /** {@code pages show}. */
  @Command(
      name = "show",
      description = "Show all that a page is made of, and what was approved, by whom and why.")
  static final class Show extends OfPage {
    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer = signedIn(Zone.GATEWAY).get(path());
      print(answer, PageLines.shown(answer));
      return 0;
    }
  }

  /** {@code pages approve}. */
  @Command(
      name = "approve",
      description = {
        "Approve a page as it was seen at the last look; look at it before (pages check, pages"
            + " show).",
        "Each script needs a reason; those of the release itself have one."
      })
  static final class Approve extends OfPage {

    @Option(
        names = "--fingerprint",
        paramLabel = "HEX",
        required = true,
        description = "As pages check and pages show print it: what you have looked at.")
    private String fingerprint = "";

    @Option(
        names = "--reason",
        arity = "2",
        paramLabel = "SCRIPT WHY",
        hideParamSyntax = true,
        description = "Why a script is there; may be given several times.")
    private List<String> reasons = new ArrayList<>();

    @Option(
        names = "--reason-for-others",
        paramLabel = "WHY",
        description = "Why those scripts are there of which nobody has said it.")
    private @Nullable String others;

    @Override
    public Integer call() {
      AdminClient gateway = signedIn(Zone.GATEWAY);
      Map<String, @Nullable Object> body = new LinkedHashMap<>();
      body.put("fingerprint", fingerprint);
      body.put("reasons", told());
      if (others != null) {
        body.put("reason_for_others", others);
      }
      Map<String, @Nullable Object> answer = gateway.post(path() + "/approve", body);
      print(answer, "Approved, as version %s.".formatted(text(answer, "version")));
      return 0;
    }

    private List<Map<String, String>> told() {
      List<Map<String, String>> told = new ArrayList<>();
      for (int i = 0; i < reasons.size(); i += 2) {
        told.add(Map.of("subject", reasons.get(i), "why", reasons.get(i + 1)));
      }
      return told;
    }
  }

  /** {@code pages watch}. */
  @Command(
      name = "watch",
      description = "Have a merchant's own page watched, which has the card fields in it.")
  static final class Watch extends ProvidersCommand.OfAccount {

    @Parameters(index = "0", paramLabel = "URL", description = "The page, as shoppers get it.")
    private String url = "";

    @Option(names = "--note", paramLabel = "TEXT", description = "What it is.")
    private @Nullable String note;

    @Override
    public Integer call() {
      Map<String, @Nullable Object> body = body();
      body.put("url", url);
      if (note != null) {
        body.put("note", note);
      }
      Map<String, @Nullable Object> answer = gateway().post(PATH, body);
      String id = text(answer, "id");
      print(answer, id + System.lineSeparator() + "Look at it, and approve it: pages check " + id);
      return 0;
    }
  }

  /** {@code pages unwatch}. */
  @Command(name = "unwatch", description = "Have a merchant's page watched no longer.")
  static final class Unwatch extends OfPage {
    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer = signedIn(Zone.GATEWAY).delete(path());
      if (!Boolean.TRUE.equals(answer.get("deleted"))) {
        throw new Refusal("The page is still watched.");
      }
      print(answer, "It is watched no longer.");
      return 0;
    }
  }

  /** {@code pages reports}. */
  @Command(
      name = "reports",
      description = "Show what browsers reported that the policy of a hosted page has stopped.")
  static final class Reports extends AdminCommand {
    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer = signedIn(Zone.GATEWAY).get("pages/reports");
      print(answer, PageLines.reports(data(answer)));
      return 0;
    }
  }
}
