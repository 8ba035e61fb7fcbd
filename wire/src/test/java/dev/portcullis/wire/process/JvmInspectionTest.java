package dev.portcullis.wire.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What opens a JVM is known by its option. */
class JvmInspectionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-agentlib:jdwp=transport=dt_socket",
        "-agentpath:/tmp/agent.so",
        "-javaagent:/tmp/agent.jar=token",
        "-Xrunjdwp:transport=dt_socket",
        "-Xdebug",
        "-Dcom.sun.management.jmxremote.port=9010",
        "-XX:+HeapDumpOnOutOfMemoryError",
        "-XX:+HeapDumpBeforeFullGC",
        "-XX:StartFlightRecording=filename=x",
        "-XX:-DisableAttachMechanism",
        "-XX:+CreateCoredumpOnCrash",
        "-XX:OnError=gcore %p"
      })
  void theFirstIsNamedWithoutItsValue(String option) {
    assertThat(JvmInspection.first(List.of("-Xmx1g", option, "-Xdebug")))
        .contains(option.split("=", 2)[0]);
  }

  @Test
  void whatTheZonesAreStartedWithOpensNothing() {
    assertThat(
            JvmInspection.first(
                List.of(
                    "-Xmx112m",
                    "-XX:+UseSerialGC",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-XX:-CreateCoredumpOnCrash",
                    "-XX:+DisableAttachMechanism",
                    "-XX:ErrorFile=/dev/null",
                    "-Dfile.encoding=UTF-8")))
        .isEmpty();
  }
}
