package io.github.bitlift.oracle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Largest deviations seen, written at the end to the file that {@code -Dbitlift.oracle.figures} names: the evidence
 * for the bounds in the tests. Nothing is written without that property.
 */
final class Figures {

  private static final Map<String, Double> LARGEST = new TreeMap<>();

  static {
    String file = System.getProperty("bitlift.oracle.figures");
    if (file != null) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> write(Path.of(file))));
    }
  }

  private Figures() {}

  /** Keeps the largest value of a name. */
  static synchronized void note(String name, double value) {
    LARGEST.merge(name, value, Math::max);
  }

  private static synchronized void write(Path file) {
    List<String> lines = new ArrayList<>();
    LARGEST.forEach((name, value) -> lines.add(String.format(Locale.ROOT, "%-60s %.3e", name, value)));
    try {
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
