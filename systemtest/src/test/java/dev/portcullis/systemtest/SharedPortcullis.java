package dev.portcullis.systemtest;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands one instance to every test of this process that asks for it, and stops it when the process
 * ends: each class is a run of its own where several processes share the classes.
 */
final class SharedPortcullis implements ParameterResolver {
  private static @Nullable Portcullis shared;

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Portcullis.class;
  }

  @Override
  public Portcullis resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return shared();
  }

  private static synchronized Portcullis shared() {
    Portcullis running = shared;
    if (running == null) {
      running = Portcullis.start();
      Runtime.getRuntime().addShutdownHook(new Thread(running::close, "stop the shared instance"));
      shared = running;
    }
    return running;
  }
}
