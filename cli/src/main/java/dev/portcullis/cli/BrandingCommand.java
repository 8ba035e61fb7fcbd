package dev.portcullis.cli;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.webhooks.PageBranding;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code branding}: how the hosted pages look; alone, it shows its commands. */
@Command(
    name = "branding",
    description = "Say how the hosted payment pages look (docs/CHECKOUT.md).",
    subcommands = {BrandingCommand.Show.class, BrandingCommand.Change.class})
final class BrandingCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** What both of them print. */
  abstract static class Printing implements Callable<Integer> {

    @Mixin private ApiOption instance = new ApiOption();

    @Option(names = "--json", description = "Print the API's answer.")
    private boolean json;

    @Spec private @Nullable CommandSpec spec;

    /** The account's, in the key's mode. */
    PageBranding branding() {
      return new PageBranding(instance.api());
    }

    void print(Map<String, @Nullable Object> branding) {
      Lines.toOut(spec, json ? Json.writeString(branding) : text(branding));
    }

    private static String text(Map<String, @Nullable Object> branding) {
      return String.join(
          System.lineSeparator(),
          "mode           " + (Boolean.TRUE.equals(branding.get("livemode")) ? "live" : "test"),
          "display name   " + said(branding.get("display_name")),
          "primary color  " + said(branding.get("primary_color")),
          "corner radius  " + said(branding.get("corner_radius")),
          "logo           " + said(branding.get("logo")));
    }

    private static String said(@Nullable Object member) {
      return member == null ? "none" : String.valueOf(member);
    }
  }

  /** {@code branding show}. */
  @Command(name = "show", description = "Show how the hosted pages look in the key's mode.")
  static final class Show extends Printing {
    @Override
    public Integer call() {
      print(branding().get());
      return 0;
    }
  }

  /** {@code branding set}. */
  @Command(
      name = "set",
      description = {
        "Change how the hosted pages look in the key's mode; what is not given stays.",
        "An empty --display-name or --logo takes it away."
      })
  static final class Change extends Printing {

    /** What the API takes. */
    private static final int MOST_BYTES = 48 << 10;

    @Option(names = "--display-name", paramLabel = "TEXT", description = "Whose shop it is.")
    private @Nullable String name;

    @Option(
        names = "--primary-color",
        paramLabel = "#RRGGBB",
        description = "Of buttons; what stands on them is black or white, by contrast.")
    private @Nullable String color;

    @Option(
        names = "--corner-radius",
        paramLabel = "PIXELS",
        description = "Of fields and buttons, 0 to 24.")
    private @Nullable Integer radius;

    @Option(
        names = "--logo",
        paramLabel = "FILE",
        description = "A PNG, JPEG or WebP picture of 48 KB at most.")
    private @Nullable String logo;

    @Override
    public Integer call() {
      Map<String, String> members = members();
      if (members.isEmpty()) {
        throw new Refusal("Say what is to change: branding set --help.");
      }
      print(branding().set(members));
      return 0;
    }

    private Map<String, String> members() {
      Map<String, String> members = new LinkedHashMap<>();
      if (name != null) {
        members.put("display_name", name);
      }
      if (color != null) {
        members.put("primary_color", color);
      }
      if (radius != null) {
        members.put("corner_radius", radius.toString());
      }
      if (logo != null) {
        members.put("logo", logo.isEmpty() ? "" : encoded(Path.of(logo)));
      }
      return members;
    }

    private static String encoded(Path file) {
      try (InputStream in = Files.newInputStream(file)) {
        byte[] picture = in.readNBytes(MOST_BYTES + 1);
        if (picture.length > MOST_BYTES) {
          throw new Refusal("The picture in " + file + " has more than 48 KB.");
        }
        return Base64.getEncoder().encodeToString(picture);
      } catch (IOException e) {
        throw HomeFiles.failure("read the picture in " + file, e);
      }
    }
  }
}
