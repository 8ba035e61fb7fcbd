package dev.portcullis.wire.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** What this process asks of the kernel for its memory. */
public final class OwnMemory {

  /** {@code PR_SET_DUMPABLE} of linux/prctl.h. */
  private static final int SET_DUMPABLE = 4;

  private OwnMemory() {}

  /**
   * Has no core made of this process, whatever its limits and wherever cores are sent to, and has
   * none but root read its memory: no other process of the same user can trace it or open what is
   * below {@code /proc} (prctl(2), {@code PR_SET_DUMPABLE}). Other systems than Linux have no such
   * call.
   *
   * @return whether it is so now
   */
  public static boolean closeToOthers() {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> prctl = linker.defaultLookup().find("prctl");
    return prctl.isPresent() && isDone(linker, prctl.get());
  }

  @SuppressWarnings("restricted") // a call of the C library, with the types that it has
  private static boolean isDone(Linker linker, MemorySegment prctl) {
    MethodHandle call =
        linker.downcallHandle(
            prctl,
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    try {
      return (int) call.invokeExact(SET_DUMPABLE, 0L) == 0;
    } catch (Throwable e) {
      throw new IllegalStateException("prctl cannot be called", e);
    }
  }
}
