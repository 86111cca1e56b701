package io.github.bitlift.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.emulator.Emulator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A test on the emulated driver after which nothing lives there. */
abstract class CudaTest {
    private static final List<String> LIVE = List.of("device-bytes", "device-blocks", "pinned-bytes", "pinned-blocks",
            "contexts", "modules", "streams", "events", "graphs");

    private long reclaimed;

    @BeforeAll
    static void load() {
        Emulator.load();
    }

    @BeforeEach
    void rememberReclaimed() {
        reclaimed = EmulatedDriver.counter("reclaimed");
    }

    @AfterEach
    void nothingLives() {
        assertThat(LIVE).allSatisfy(counter -> assertThat(EmulatedDriver.counter(counter)).as(counter).isZero());
        System.clearProperty(CudaBackend.SYNC_PROPERTY);
    }

    final void nothingWasLeftToTheContext() {
        assertThat(EmulatedDriver.counter("reclaimed")).isEqualTo(reclaimed);
    }
}
