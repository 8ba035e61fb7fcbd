package dev.portcullis.systemtest.agent;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Weaves {@link CrashHooks} into the entry and the exits of a few methods of the gateway. */
public final class CrashAgent implements ClassFileTransformer {
  private static final ClassDesc HOOKS = ClassDesc.of("dev.portcullis.systemtest.agent.CrashHooks");
  private static final MethodTypeDesc NO_ARGUMENTS = MethodTypeDesc.of(ConstantDescs.CD_void);

  /** Class and methods, to the first half of the hooks' names. */
  private static final Map<String, List<Target>> TARGETS =
      Map.of(
          "dev/portcullis/gateway/journal/GroupCommitJournal",
          List.of(new Target("commit", "journal")),
          "dev/portcullis/gateway/journal/JournalConnection",
          List.of(new Target("commit", "database")),
          "dev/portcullis/gateway/payments/Submitter$Release",
          List.of(new Target("getAsBoolean", "release")),
          "dev/portcullis/gateway/payments/ProviderGate",
          List.of(new Target("send", "forward"), new Target("hold", "held")));

  private record Target(String method, String hook) {}

  private CrashAgent() {}

  /** The JVM's entry. The argument is the folder of the control file. */
  public static void premain(String folder, Instrumentation instrumentation) {
    instrumentation.addTransformer(new CrashAgent());
    CrashHooks.obey(Path.of(folder));
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    return name == null ? null : woven(name, bytes);
  }

  /** The classes that are woven into, by their internal names. */
  public static Set<String> targets() {
    return TARGETS.keySet();
  }

  /**
   * The class with the hooks in it, or null for a class that is left alone.
   *
   * @param name the class's internal name
   */
  public static byte @Nullable [] woven(String name, byte[] bytes) {
    List<Target> targets = TARGETS.get(name);
    if (targets == null) {
      return null;
    }
    ClassFile classFile = ClassFile.of();
    byte[] woven = bytes;
    for (Target target : targets) {
      woven =
          classFile.transformClass(
              classFile.parse(woven),
              ClassTransform.transformingMethodBodies(
                  method -> isTarget(method, target),
                  CodeTransform.ofStateful(() -> woven(target))));
    }
    return woven;
  }

  /** The first halves of the names of the hooks in that class. */
  public static List<String> hooks(String name) {
    return TARGETS.getOrDefault(name, List.of()).stream().map(Target::hook).toList();
  }

  private static boolean isTarget(MethodModel method, Target target) {
    return method.methodName().equalsString(target.method())
        && !method.flags().has(java.lang.reflect.AccessFlag.STATIC)
        && !method.flags().has(java.lang.reflect.AccessFlag.SYNTHETIC);
  }

  private static CodeTransform woven(Target target) {
    return new CodeTransform() {
      @Override
      public void atStart(CodeBuilder code) {
        code.invokestatic(HOOKS, target.hook() + "Entry", NO_ARGUMENTS);
      }

      @Override
      public void accept(CodeBuilder code, CodeElement element) {
        if (element instanceof ReturnInstruction) {
          code.invokestatic(HOOKS, target.hook() + "Exit", NO_ARGUMENTS);
        }
        code.with(element);
      }
    };
  }
}
