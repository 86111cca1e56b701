package io.github.bitlift.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

    @TempDir
    Path folder;
    private final List<Tensor> state = List.of(
            SafetensorsTest.random("layers.0.weight", 7, 4, 3), SafetensorsTest.random("adam.m.0", 8, 12));
    private Path file;

    @BeforeEach
    void write() {
        file = folder.resolve("run.checkpoint");
        Checkpoint.write(file, state, Map.of("step", "12"));
    }

    @Test
    void readsBackTheSameState() {
        Safetensors read = Checkpoint.read(file);
        assertThat(read.metadata()).containsExactlyEntriesOf(Map.of("step", "12"));
        for (Tensor tensor : state) {
            assertThat(FloatBits.of(read.require(tensor.name(), tensor.shape()).values()))
                    .isEqualTo(FloatBits.of(tensor.values()));
        }
    }

    @Test
    void equalStateGivesEqualBytes() throws IOException {
        byte[] first = Files.readAllBytes(file);
        Checkpoint.write(file, state, Map.of("step", "12"));
        assertThat(Files.readAllBytes(file)).isEqualTo(first);
    }

    @Test
    void isAnOrdinarySafetensorsFile() {
        assertThat(Safetensors.read(file).metadata()).containsKeys("sha256", "step");
    }

    @Test
    void everyFlippedBitIsFound() throws IOException {
        byte[] sound = Files.readAllBytes(file);
        for (int i = 0; i < sound.length; i++) {
            byte[] damaged = sound.clone();
            damaged[i] ^= (byte) (1 << i % 8);
            Files.write(file, damaged);
            Refusal.of(folder, () -> Checkpoint.read(file), "run.checkpoint", "digest mismatch");
        }
    }

    @Test
    void everyCutAndEveryAdditionIsFound() throws IOException {
        byte[] sound = Files.readAllBytes(file);
        for (int length = 0; length < sound.length + 2; length++) {
            if (length != sound.length) {
                Files.write(file, Arrays.copyOf(sound, length));
                Refusal.of(folder, () -> Checkpoint.read(file), "digest mismatch");
            }
        }
    }

    @Test
    void aModelIsNotACheckpoint() {
        Safetensors.write(file, state, Map.of());
        Refusal.of(folder, () -> Checkpoint.read(file), "digest mismatch");
        Refusal.of(folder, () -> Checkpoint.read(folder.resolve("none")), "none", "no such file");
    }

    @Test
    void theDigestsNameIsReserved() {
        assertThatThrownBy(() -> Checkpoint.write(file, state, Map.of("sha256", "mine")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("sha256");
    }
}
