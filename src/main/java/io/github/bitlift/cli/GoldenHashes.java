package io.github.bitlift.cli;

import io.github.bitlift.catalogue.Case;
import io.github.bitlift.io.AtomicFile;
import io.github.bitlift.io.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Hashes of the reference's outcomes, one per operation: SHA-256 over its cases in the catalogue's order, of each the name
 * in UTF-8, a line feed, and every number afterwards in memory, operand by operand and then sums, as 8 bytes with the least
 * significant first: the raw bits of a binary64, or those of a binary32 followed by 4 zero bytes. Every NaN is canonical.
 */
final class GoldenHashes {
    private static final String HEADER =
            "# The catalogue's outcomes on the reference; written by ./bitlift verify --golden FILE\n";

    private final Map<String, MessageDigest> digests = new LinkedHashMap<>();

    /** Adds a case. */
    void add(Case which, long[][] outcome) {
        MessageDigest digest = digests.computeIfAbsent(which.operation(), operation -> Sha256.start());
        digest.update((which.name() + "\n").getBytes(StandardCharsets.UTF_8));
        for (long[] operand : outcome) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(operand.length, Long.BYTES));
            bytes.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(operand);
            digest.update(bytes);
        }
    }

    /** Writes one line per operation: hash, two spaces, name. To be called once. */
    void write(Path file) {
        StringBuilder text = new StringBuilder(HEADER);
        digests.forEach((operation, digest) -> text.append(Sha256.hex(digest)).append("  ").append(operation).append('\n'));
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(bytes));
    }
}
