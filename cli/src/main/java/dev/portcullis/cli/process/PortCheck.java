package dev.portcullis.cli.process;

import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says before anything starts which port is taken, and by whom. */
public final class PortCheck {

  private static final int MOST = 64 << 10;
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,5})\\s+([0-9]{1,5})");
  private static final Pattern RESERVED = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");

  private PortCheck() {}

  /**
   * Refuses when a port that the instance needs is taken.
   *
   * @param database whether the instance runs its own database
   */
  public static void requireFree(Ports ports, boolean database) {
    for (Map.Entry<Integer, String> port : ports.named().entrySet()) {
      boolean needed = database || port.getKey() != ports.postgres();
      if (needed && !isFree(port.getKey())) {
        throw new Refusal(describe(port.getKey(), port.getValue()));
      }
    }
  }

  /**
   * A sentence where ports lie in the range from which the system gives outgoing connections
   * theirs: whatever connects to anywhere may then hold one of them when its turn comes.
   */
  public static Optional<String> lent(Ports ports) {
    return kernel("ip_local_port_range")
        .flatMap(range -> lent(ports, range, kernel("ip_local_reserved_ports").orElse("")));
  }

  /** In one read: the kernel says nothing from the second byte on. */
  static Optional<String> kernel(String name) {
    Path file = Path.of("/proc/sys/net/ipv4", name);
    if (!Files.isReadable(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(new String(in.readNBytes(MOST), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // Only a warning is lost.
      return Optional.empty();
    }
  }

  /**
   * The same, of what the kernel says (its documentation, networking/ip-sysctl).
   *
   * @param range the first and the last of those ports
   * @param reserved those among them that are left alone, such as {@code 8080,9148-9150}
   */
  static Optional<String> lent(Ports ports, String range, String reserved) {
    Matcher ends = RANGE.matcher(range.strip());
    if (!ends.matches()) {
      // Some containers show nothing there: then there is nothing to say.
      return Optional.empty();
    }
    int first = Integer.parseInt(ends.group(1));
    int last = Integer.parseInt(ends.group(2));
    boolean lent =
        ports.named().keySet().stream()
            .filter(port -> port >= first && port <= last)
            .anyMatch(port -> !holds(reserved.strip(), port));
    int from = ports.base();
    int to = ports.vaultAdmin();
    return lent
        ? Optional.of(
            """
            NOTE: ports %d to %d are among those that this machine gives to outgoing connections \
            (%d to %d), so any of them may be taken at a start: choose a --port outside, or reserve \
            them: sysctl -w net.ipv4.ip_local_reserved_ports=%d-%d\
            """
                .formatted(from, to, first, last, from, to))
        : Optional.empty();
  }

  private static boolean holds(String ranges, int port) {
    return RESERVED
        .matcher(ranges)
        .results()
        .anyMatch(
            part -> {
              int first = Integer.parseInt(part.group(1));
              int last = part.group(2) == null ? first : Integer.parseInt(part.group(2));
              return port >= first && port <= last;
            });
  }

  /** A sentence for a port that is taken. */
  public static String describe(int port, String purpose) {
    String holder = holder(port).map(name -> " by " + name).orElse("");
    return "Port %d, wanted for %s, is in use%s; stop that, or choose other ports with --port."
        .formatted(port, purpose, holder);
  }

  /** True when a listener could be opened on the loopback. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The process that listens on a port, where the operating system tells us. */
  static Optional<String> holder(int port) {
    Path table = Path.of("/proc/net/tcp");
    if (!Files.isReadable(table)) {
      return Optional.empty();
    }
    try {
      List<String> sockets = new ArrayList<>(listeners(table, port));
      Path table6 = Path.of("/proc/net/tcp6");
      if (Files.isReadable(table6)) {
        sockets.addAll(listeners(table6, port));
      }
      return ProcessHandle.allProcesses()
          .filter(handle -> holds(handle.pid(), sockets))
          .findFirst()
          .map(PortCheck::name);
    } catch (IOException e) {
      // Only the name is lost; the sentence stands without it.
      return Optional.empty();
    }
  }

  /** The descriptors' names of the sockets that listen on a port: proc(5), /proc/net/tcp. */
  private static List<String> listeners(Path table, int port) throws IOException {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    return Files.readAllLines(table).stream()
        .map(line -> line.trim().split("\\s+"))
        .filter(fields -> fields.length > 9 && fields[1].endsWith(suffix))
        .filter(fields -> fields[3].equals("0A"))
        .map(fields -> "socket:[" + fields[9] + "]")
        .toList();
  }

  private static boolean holds(long pid, List<String> sockets) {
    try (DirectoryStream<Path> descriptors =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path descriptor : descriptors) {
        if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      // Somebody else's process, or one that just ended.
      return false;
    }
  }

  private static String name(ProcessHandle handle) {
    String program =
        handle.info().command().map(c -> String.valueOf(Path.of(c).getFileName())).orElse("?");
    return program + " (process " + handle.pid() + ")";
  }
}
