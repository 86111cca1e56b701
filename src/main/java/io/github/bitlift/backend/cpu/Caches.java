package io.github.bitlift.backend.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The first processor's larger data caches, which decide how products are cut into blocks. The bits never depend on them.
 *
 * @param second bytes of the second level
 * @param third bytes of the third level, shared by several processors
 */
record Caches(long second, long third) {
    /** What is assumed where the system doesn't say: sizes that today's server processors have at least. */
    static final Caches USUAL = new Caches(1 << 20, 16 << 20);
    /** Those of this machine. */
    static final Caches SIZES = read(Path.of("/sys/devices/system/cpu/cpu0/cache"), USUAL);

    private static final int LEVELS = 3;
    private static final int MOST_INDICES = 8;

    /** Floats of the left factor that stay in the second level while panels pass by: a quarter of it, at most 1 MiB. */
    int leftFloats() {
        return (int) Math.min(second / 4, 1 << 20) / Float.BYTES;
    }

    /** Floats of the right factor that all threads share at a time: a quarter of the third level, at most 4 MiB. */
    int sharedFloats() {
        return (int) Math.min(third / 4, 4 << 20) / Float.BYTES;
    }

    /**
     * Reads what Linux says; any other system, or one that hides its caches, gets the usual sizes.
     *
     * @param folder with a folder {@code index0}, {@code index1}, … for each cache
     */
    static Caches read(Path folder, Caches otherwise) {
        long[] sizes = {0, otherwise.second, otherwise.third};
        for (int index = 0; index < MOST_INDICES; index++) {
            Path cache = folder.resolve("index" + index);
            try {
                int level = Integer.parseInt(text(cache, "level"));
                if (level >= 1 && level <= LEVELS && !text(cache, "type").equals("Instruction")) {
                    long size = bytes(text(cache, "size"));
                    sizes[level - 1] = size > 0 ? size : sizes[level - 1];
                }
            } catch (IOException | RuntimeException unknown) {
                // No such cache, or one that isn't described: the usual size stays.
            }
        }
        return new Caches(sizes[1], sizes[2]);
    }

    private static String text(Path cache, String name) throws IOException {
        return Files.readString(cache.resolve(name)).trim();
    }

    /** {@code 48K} or {@code 2M}. */
    private static long bytes(String size) {
        long unit = size.endsWith("K") ? 1 << 10 : size.endsWith("M") ? 1 << 20 : 1;
        return unit * Long.parseLong(unit == 1 ? size : size.substring(0, size.length() - 1));
    }
}
