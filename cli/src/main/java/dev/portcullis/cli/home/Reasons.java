package dev.portcullis.cli.home;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why something could not be read, written or reached, in words for a person. The JDK says some of
 * it by the name of a class alone, with nothing but a path or with nothing at all as its message.
 */
public final class Reasons {

  private Reasons() {}

  /** A part of a sentence, with no full stop; no path and no name of a class is in it. */
  public static String of(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "it does not exist";
      case FileAlreadyExistsException _ -> "it is there already";
      case AccessDeniedException _ -> "permission denied";
      case DirectoryNotEmptyException _ -> "the folder is not empty";
      case NotDirectoryException _ -> "it is no folder";
      case FileSystemException refused -> orElse(refused.getReason(), "the system says not why");
      case UserPrincipalNotFoundException _ -> "there is no such user or group";
      case CharacterCodingException _ -> "it is no text in UTF-8";
      case EOFException _ -> "it ends too early";
      case UnknownHostException _ -> "the name of its host is not known";
      case ConnectException _ -> "nobody answers there";
      case HttpTimeoutException _, SocketTimeoutException _ -> "it took too long";
      case SSLException _ -> "its certificate is not trusted, or no version of TLS fits";
      default -> orElse(e.getMessage(), "the connection or the disk failed");
    };
  }

  /** The same for what no person has done; whoever reports it needs its name. */
  public static String defect(Throwable e) {
    return e instanceof OutOfMemoryError
        ? "there is no memory left"
        : "a defect of Portcullis itself; please report it: " + e;
  }

  private static String orElse(@Nullable String said, String otherwise) {
    return said == null || said.isBlank() ? otherwise : said;
  }
}
