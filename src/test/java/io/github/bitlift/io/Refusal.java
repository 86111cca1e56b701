package io.github.bitlift.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What every bad input must lead to: one line that says why, and a folder exactly as it was before. */
public final class Refusal {

    private Refusal() {
    }

    /** Runs {@code action} and asserts an {@link InputException} of one line with all {@code parts} in it. */
    public static void of(Path folder, ThrowingCallable action, String... parts) {
        assertFault(InputException.class, folder, action, parts);
    }

    /** The same for {@link SystemFault}. */
    public static void fault(Path folder, ThrowingCallable action, String... parts) {
        assertFault(SystemFault.class, folder, action, parts);
    }

    private static void assertFault(Class<?> type, Path folder, ThrowingCallable action, String... parts) {
        Map<String, String> before = contents(folder);
        Throwable thrown = catchThrowable(action);
        assertThat(thrown).isExactlyInstanceOf(type);
        assertThat(thrown.getMessage()).contains(parts).doesNotContain("\n", "\r", "null");
        assertThat(contents(folder)).isEqualTo(before);
    }

    /** Every file and folder under {@code folder}, with the digest of each file. */
    public static Map<String, String> contents(Path folder) {
        Map<String, String> contents = new HashMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                String digest = "";
                if (Files.isRegularFile(file)) {
                    try (var in = Files.newInputStream(file)) {
                        digest = Sha256.of(in);
                    }
                }
                contents.put(folder.relativize(file).toString(), digest);
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
        return contents;
    }
}
