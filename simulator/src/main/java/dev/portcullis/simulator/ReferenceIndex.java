package dev.portcullis.simulator;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Where each reference stands in the ledger, in 12 bytes a slot instead of a hash map's hundred: a
 * load test makes hundreds of thousands of operations in a heap of 64 MB. Open addressing by a
 * 64-bit hash; two references of one hash are told apart by reading the ledger.
 */
final class ReferenceIndex {

  /** Says whether the operation at that place is the one looked for. */
  @FunctionalInterface
  interface Check {
    boolean isAt(int number);
  }

  private long[] hashes = new long[1024];
  private int[] numbers = filled(1024);
  private int size;

  /** The place of that reference, or -1. */
  int find(String reference, Check check) {
    long hash = hash(reference);
    int mask = numbers.length - 1;
    for (int slot = (int) hash & mask; numbers[slot] >= 0; slot = (slot + 1) & mask) {
      if (hashes[slot] == hash && check.isAt(numbers[slot])) {
        return numbers[slot];
      }
    }
    return -1;
  }

  /** The places of all that have its hash, in their order. */
  int[] findAll(String reference) {
    long hash = hash(reference);
    int mask = numbers.length - 1;
    IntStream.Builder found = IntStream.builder();
    for (int slot = (int) hash & mask; numbers[slot] >= 0; slot = (slot + 1) & mask) {
      if (hashes[slot] == hash) {
        found.add(numbers[slot]);
      }
    }
    return found.build().sorted().toArray();
  }

  void add(String reference, int number) {
    if (size * 3 >= numbers.length * 2) {
      grow();
    }
    put(hash(reference), number);
    size++;
  }

  private void put(long hash, int number) {
    int mask = numbers.length - 1;
    int slot = (int) hash & mask;
    while (numbers[slot] >= 0) {
      slot = (slot + 1) & mask;
    }
    hashes[slot] = hash;
    numbers[slot] = number;
  }

  private void grow() {
    long[] oldHashes = hashes;
    int[] oldNumbers = numbers;
    hashes = new long[oldHashes.length * 2];
    numbers = filled(oldNumbers.length * 2);
    for (int i = 0; i < oldNumbers.length; i++) {
      if (oldNumbers[i] >= 0) {
        put(oldHashes[i], oldNumbers[i]);
      }
    }
  }

  private static int[] filled(int length) {
    int[] array = new int[length];
    Arrays.fill(array, -1);
    return array;
  }

  /** FNV-1a with a final mix: the same in every run, as seeded faults need too. */
  static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 32)) * 0xd6e8feb86659fd93L;
    return hash ^ (hash >>> 32);
  }
}
