package dev.portcullis.wire.config;

/**
 * Variables that are handed to no zone, whoever names them in a settings file: what the loader, the
 * C library, OpenSSL, an interpreter, the JVM or a module in front of an HSM's reads could put
 * other code into the process, or send its names and its trust elsewhere.
 */
final class SteeringVariables {

  /** Matches before a name that is none of them. */
  static final String NONE =
      "(?!(?i:LD_|DYLD_|GLIBC|MALLOC|GCONV|NLSPATH|LOCPATH|LOCALDOMAIN|RES_|RESOLV|HOSTALIASES"
          + "|GETCONF|TMPDIR|TZDIR|OPENSSL|OPENSC|SSL_|SSLKEY|PKCS11SPY|P11_KIT|XDG_|OCK_|BASH|ENV(?![A-Z0-9_])"
          + "|PERL|PYTHON|RUBY|NODE_|JAVA|_JAVA|JDK|JVM|CLASSPATH|PATH|HOME))";

  private SteeringVariables() {}
}
