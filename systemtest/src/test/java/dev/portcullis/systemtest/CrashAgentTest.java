package dev.portcullis.systemtest;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.systemtest.agent.CrashAgent;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The crash points are in the code that runs: a renamed method must not silence the crash test. */
@Order(3)
class CrashAgentTest {
  static Stream<String> targets() {
    return CrashAgent.targets().stream();
  }

  private static byte[] classBytes(String name) throws IOException {
    try (InputStream in =
        CrashAgentTest.class.getClassLoader().getResourceAsStream(name + ".class")) {
      return requireNonNull(in, () -> name + " is gone: the agent must follow it").readAllBytes();
    }
  }

  private static List<String> hooksIn(byte[] bytes) {
    return ClassFile.of().parse(bytes).methods().stream()
        .flatMap(method -> method.code().stream())
        .flatMap(code -> code.elementStream())
        .filter(element -> element instanceof InvokeInstruction)
        .map(element -> (InvokeInstruction) element)
        .filter(call -> call.owner().asInternalName().endsWith("/CrashHooks"))
        .map(call -> call.name().stringValue())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void entryAndExitsAreWovenIntoSoundCode(String target) throws IOException {
    byte[] before = classBytes(target);
    byte[] after = requireNonNull(CrashAgent.woven(target, before));

    assertThat(hooksIn(before)).as("production code has no hooks").isEmpty();
    assertThat(CrashAgent.hooks(target)).isNotEmpty();
    for (String hook : CrashAgent.hooks(target)) {
      assertThat(hooksIn(after)).filteredOn((hook + "Entry")::equals).hasSize(1);
      assertThat(hooksIn(after)).filteredOn((hook + "Exit")::equals).isNotEmpty();
    }
    assertThat(ClassFile.of().verify(after)).isEmpty();
  }

  @Test
  void otherClassesAreLeftAlone() throws IOException {
    String name = "dev/portcullis/gateway/journal/Journal";
    assertThat(CrashAgent.woven(name, classBytes(name))).isNull();
  }
}
