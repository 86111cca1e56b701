package io.github.bitlift.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachesTest {
    private static final Caches USUAL = new Caches(1 << 20, 16 << 20);

    @TempDir
    private Path folder;

    private void cache(int index, String level, String type, String size) throws IOException {
        Path cache = Files.createDirectory(folder.resolve("index" + index));
        Files.writeString(cache.resolve("level"), level + "\n");
        Files.writeString(cache.resolve("type"), type + "\n");
        Files.writeString(cache.resolve("size"), size + "\n");
    }

    @Test
    void readsDataAndUnifiedCaches() throws IOException {
        cache(0, "1", "Data", "48K");
        cache(1, "1", "Instruction", "32K");
        cache(2, "2", "Unified", "2048K");
        cache(3, "3", "Unified", "107520K");
        assertThat(Caches.read(folder, USUAL)).isEqualTo(new Caches(2 << 20, 105 << 20));
    }

    @Test
    void understandsMegabytesAndBytes() throws IOException {
        cache(0, "2", "Unified", "2M");
        cache(1, "3", "Unified", "33554432");
        assertThat(Caches.read(folder, USUAL)).isEqualTo(new Caches(2 << 20, 32 << 20));
    }

    @Test
    void whatIsMissingOrMakesNoSenseIsAsUsual() throws IOException {
        assertThat(Caches.read(folder.resolve("nowhere"), USUAL)).isEqualTo(USUAL);
        cache(0, "2", "Unified", "");
        cache(1, "3", "Unified", "0K");
        cache(2, "nine", "Unified", "1K");
        cache(4, "2", "Instruction", "7K");
        assertThat(Caches.read(folder, USUAL)).isEqualTo(USUAL);
    }

    /** Blocks stay within what packing buffers may take, and never become empty. */
    @Test
    void blocksHaveBounds() {
        Caches tiny = new Caches(1024, 1024);
        Caches huge = new Caches(1L << 40, 1L << 40);
        assertThat(tiny.leftFloats()).isPositive();
        assertThat(tiny.sharedFloats()).isPositive();
        assertThat(huge.leftFloats()).isEqualTo(1 << 18);
        assertThat(huge.sharedFloats()).isEqualTo(1 << 20);
        assertThat(USUAL.leftFloats()).isEqualTo(1 << 16);
    }
}
