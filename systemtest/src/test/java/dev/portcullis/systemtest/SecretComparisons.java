package dev.portcullis.systemtest;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.LocalVariableNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.Frame;
import org.objectweb.asm.tree.analysis.SourceInterpreter;
import org.objectweb.asm.tree.analysis.SourceValue;

/**
 * Finds, in a compiled class, comparisons that stop at the first difference and are given something
 * secret: what was computed as a MAC, hash or signature or read out of a {@code Secret} in the same
 * method, or what is named like one: a variable, a field, a method's result or the class it is of.
 */
final class SecretComparisons {

  /** What stops at the first difference; {@code Secret}, {@code Pan} and their like do not. */
  private static final Map<String, Set<String>> COMPARES =
      Map.of(
          "java/lang/String",
          Set.of("equals", "equalsIgnoreCase", "contentEquals", "compareTo", "regionMatches"),
          "java/lang/Object",
          Set.of("equals"),
          "java/util/Objects",
          Set.of("equals", "deepEquals"),
          "java/util/Arrays",
          Set.of("equals", "deepEquals", "compare", "mismatch"),
          "java/nio/ByteBuffer",
          Set.of("equals", "compareTo", "mismatch"));

  /** What gives something secret, whatever it is called. */
  private static final Map<String, Set<String>> SECRETS =
      Map.of(
          "dev/portcullis/kit/Secret", Set.of("reveal", "revealBytes"),
          "javax/crypto/Mac", Set.of("doFinal"),
          "java/security/MessageDigest", Set.of("digest"),
          "java/security/Signature", Set.of("sign"));

  /** The last word of a name that says what a value is. */
  private static final Set<String> WORDS =
      Set.of(
          "checksum",
          "code",
          "cvc",
          "digest",
          "fingerprint",
          "hash",
          "hmac",
          "mac",
          "otp",
          "pan",
          "password",
          "pin",
          "secret",
          "share",
          "signature",
          "ticket",
          "token",
          "totp",
          "verifier");

  private static final Set<Type> TEXTS =
      Set.of(Type.getType(String.class), Type.getType(byte[].class));

  /** A code that is none of those. */
  private static final String CURRENCY = "dev/portcullis/kit/Currency.code";

  /**
   * One of them.
   *
   * @param where the class and the method, a lambda's being the one that it stands in
   * @param line of the source
   * @param of the names that gave it away
   */
  record Found(String where, int line, Set<String> of) {}

  private final MethodNode method;
  private final Frame<SourceValue>[] frames;

  private SecretComparisons(MethodNode method, Frame<SourceValue>[] frames) {
    this.method = method;
    this.frames = frames;
  }

  /** All of a class file, which is read to its end. */
  static List<Found> in(InputStream classFile) throws IOException {
    ClassNode type = new ClassNode();
    new ClassReader(classFile).accept(type, 0);
    List<Found> found = new ArrayList<>();
    for (MethodNode method : type.methods) {
      if (Arrays.stream(method.instructions.toArray()).anyMatch(SecretComparisons::compares)) {
        found.addAll(new SecretComparisons(method, frames(type, method)).found(type));
      }
    }
    return found;
  }

  private static Frame<SourceValue>[] frames(ClassNode type, MethodNode method) {
    try {
      return new Analyzer<>(new CopiesAreSources()).analyze(type.name, method);
    } catch (AnalyzerException e) {
      throw new IllegalStateException(type.name + "." + method.name, e);
    }
  }

  /** A variable that is read is where its value is from, so that its name is seen. */
  private static final class CopiesAreSources extends SourceInterpreter {
    CopiesAreSources() {
      super(Opcodes.ASM9);
    }

    @Override
    public SourceValue copyOperation(AbstractInsnNode instruction, SourceValue value) {
      Set<AbstractInsnNode> from = new HashSet<>(value.insns);
      from.add(instruction);
      return new SourceValue(value.size, from);
    }
  }

  private List<Found> found(ClassNode type) {
    String name =
        method.name.startsWith("lambda$")
            ? method.name.substring("lambda$".length(), method.name.lastIndexOf('$'))
            : method.name;
    List<Found> found = new ArrayList<>();
    int line = 0;
    for (AbstractInsnNode instruction : method.instructions) {
      if (instruction instanceof LineNumberNode number) {
        line = number.line;
      }
      Frame<SourceValue> frame = frames[at(instruction)];
      if (frame != null && compares(instruction) && !hasConstant(instruction, frame)) {
        Set<String> secrets =
            origins(instruction)
                .filter(SecretComparisons::isSecret)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!secrets.isEmpty()) {
          found.add(new Found(type.name.replace('/', '.') + "." + name, line, secrets));
        }
      }
    }
    return found;
  }

  private static boolean compares(AbstractInsnNode instruction) {
    return switch (instruction) {
      case MethodInsnNode call -> isOneOf(COMPARES, call.owner, call.name);
      // As in filter(mac::equals).
      case InvokeDynamicInsnNode made ->
          Arrays.stream(made.bsmArgs)
              .anyMatch(
                  argument ->
                      argument instanceof Handle handle
                          && isOneOf(COMPARES, handle.getOwner(), handle.getName()));
      default -> false;
    };
  }

  /** What stands in the program is no secret, and what is compared with it is an error's code. */
  private static boolean hasConstant(AbstractInsnNode instruction, Frame<SourceValue> frame) {
    return operands(instruction, frame)
        .anyMatch(value -> value.insns.stream().allMatch(LdcInsnNode.class::isInstance));
  }

  private static boolean isOneOf(Map<String, Set<String>> methods, String owner, String name) {
    return methods.getOrDefault(owner, Set.of()).contains(name);
  }

  private int at(AbstractInsnNode instruction) {
    return method.instructions.indexOf(instruction);
  }

  /** What an instruction's operands may be from, by name. */
  private Stream<String> origins(AbstractInsnNode instruction) {
    Set<String> origins = new HashSet<>();
    follow(instruction, origins, new HashSet<>());
    return origins.stream();
  }

  private void follow(
      AbstractInsnNode instruction, Set<String> origins, Set<AbstractInsnNode> seen) {
    operands(instruction, frames[at(instruction)])
        .flatMap(value -> value.insns.stream())
        .filter(seen::add)
        .forEach(source -> origin(source, origins, seen));
  }

  private void origin(AbstractInsnNode source, Set<String> origins, Set<AbstractInsnNode> seen) {
    switch (source) {
      case FieldInsnNode field -> origins.add(field.name);
      case MethodInsnNode call -> {
        origins.add(call.owner + "." + call.name);
        // As ClientSecrets.of makes one; what a Share or a Secret has beside its value is none.
        if (call.owner.endsWith("s") && TEXTS.contains(Type.getReturnType(call.desc))) {
          origins.add(call.owner.substring(call.owner.lastIndexOf('/') + 1));
        }
        // What the JDK makes of something secret is secret: its hexadecimal form, its copy.
        if (call.owner.startsWith("java")) {
          follow(call, origins, seen);
        }
      }
      case VarInsnNode variable -> {
        variableName(variable).ifPresent(origins::add);
        follow(variable, origins, seen);
      }
      default -> follow(source, origins, seen);
    }
  }

  /** What an instruction takes from the stack, of those that values are followed through. */
  private static Stream<SourceValue> operands(
      AbstractInsnNode instruction, Frame<SourceValue> frame) {
    int count =
        switch (instruction) {
          case MethodInsnNode call ->
              Type.getArgumentTypes(call.desc).length
                  + (call.getOpcode() == Opcodes.INVOKESTATIC ? 0 : 1);
          case InvokeDynamicInsnNode made -> Type.getArgumentTypes(made.desc).length;
          case VarInsnNode variable -> variable.getOpcode() >= Opcodes.ISTORE ? 1 : 0;
          default -> instruction.getOpcode() == Opcodes.CHECKCAST ? 1 : 0;
        };
    return IntStream.range(0, count)
        .mapToObj(depth -> frame.getStack(frame.getStackSize() - 1 - depth));
  }

  private Optional<String> variableName(VarInsnNode variable) {
    int at = at(variable);
    for (LocalVariableNode local : method.localVariables) {
      // Its range begins behind the instruction that first stores it.
      if (local.index == variable.var && at(local.start) <= at + 1 && at < at(local.end)) {
        return Optional.of(local.name);
      }
    }
    return Optional.empty();
  }

  private static boolean isSecret(String origin) {
    if (origin.equals(CURRENCY)) {
      return false;
    }
    int end = origin.lastIndexOf('.');
    String name = origin.substring(end + 1);
    String[] words = name.split("(?<=[a-z0-9])(?=[A-Z])|_");
    String last = words[words.length - 1].toLowerCase(Locale.ROOT).replaceFirst("s$", "");
    return WORDS.contains(last) || (end > 0 && isOneOf(SECRETS, origin.substring(0, end), name));
  }
}
