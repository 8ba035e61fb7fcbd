package dev.portcullis.systemtest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** A thousand customers who share an e-mail address, for lists that are long. */
final class ManyCustomers {
  static final int MANY = 1_000;
  private static final int AT_ONCE = 16;

  private ManyCustomers() {}

  /** Makes them at once, in no order. */
  static List<String> make(Portcullis portcullis, String email) throws Exception {
    List<Callable<String>> calls = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      calls.add(() -> one(portcullis, email));
    }
    try (ExecutorService callers = Executors.newFixedThreadPool(AT_ONCE)) {
      List<String> made = new ArrayList<>();
      for (Future<String> each : callers.invokeAll(calls)) {
        made.add(each.get());
      }
      return made;
    }
  }

  /** Makes more of them until it is closed. */
  static final class Growing implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<String> made = new ArrayList<>();
    private final ExecutorService caller = Executors.newSingleThreadExecutor();
    private final Future<?> work;

    Growing(Portcullis portcullis, String email) {
      work =
          caller.submit(
              () -> {
                while (!over.get()) {
                  made.add(one(portcullis, email));
                }
                return null;
              });
    }

    /** Ends it, and tells who was added. */
    List<String> end() throws Exception {
      over.set(true);
      work.get();
      return made;
    }

    @Override
    public void close() {
      over.set(true);
      caller.close();
    }
  }

  private static String one(Portcullis portcullis, String email) throws Exception {
    Http.Answer answer =
        Http.post(
            portcullis.api() + "/v1/customers", portcullis.secretKey(), Map.of("email", email));
    if (answer.status() != 200) {
      throw new AssertionError(answer.status() + " " + answer.body());
    }
    return answer.json().get("id").getAsString();
  }
}
