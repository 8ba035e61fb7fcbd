package dev.portcullis.gateway.work;

/**
 * Somebody who works on what is due until the gateway ends. All are told to stop before any of them
 * is waited for, so that they end together and not one after the other.
 */
public interface DueWorker extends AutoCloseable {

  /** Claims nothing more; returns at once. */
  void stop();

  /** Stops, and waits a while for what is under way. */
  @Override
  void close();
}
