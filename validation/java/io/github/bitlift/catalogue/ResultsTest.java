package io.github.bitlift.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.HostBuffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Memory;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.numerics.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What changes when an operation runs is among the results that it names, and the version of every buffer that changes rises:
 * packed copies of weights go by it, so that a change which raised none would leave a stale copy in use.
 */
class ResultsTest {
    /** Cases of each operation that are tried, evenly spread. */
    private static final int EACH = 25;
    /** Buffers longer than this aren't needed to see who writes where. */
    private static final int LONGEST = 200_000;

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void everyChangeIsNamedAndRaisesAVersion(String backend) {
        Map<String, List<Case>> byOperation =
                Catalogue.cases().stream().collect(Collectors.groupingBy(Case::operation));
        Map<String, Integer> changes = new HashMap<>();
        try (Recording recording = new Recording(backend.equals("cpu") ? new CpuBackend(2) : new ReferenceBackend())) {
            for (List<Case> cases : byOperation.values()) {
                for (int i = 0; i < cases.size(); i += Math.max(1, cases.size() / EACH)) {
                    check(recording, cases.get(i), changes);
                }
            }
        }
        assertThat(changes.keySet()).as("kinds of operations that were seen to change a buffer")
                .contains("Product", "ColumnSum", "Update", "Elementwise", "PowerIteration", "TvPdhg");
    }

    private static void check(Recording recording, Case each, Map<String, Integer> changes) {
        recording.buffers.clear();
        try (Setup setup = new Setup(recording, each.seed())) {
            each.body().accept(setup);
            if (recording.buffers.stream().anyMatch(buffer -> buffer.length() > LONGEST)) {
                return;
            }
            for (Operation operation : setup.operations()) {
                int count = check(recording, each, operation);
                changes.merge(operation.getClass().getSimpleName(), count, Integer::sum);
            }
        }
        changes.values().removeIf(count -> count == 0);
    }

    /** Runs one operation on buffers of random numbers; returns how many of them it changed. */
    private static int check(Recording recording, Case each, Operation operation) {
        List<HostBuffer> buffers = recording.buffers.stream().map(HostBuffer.class::cast).toList();
        List<float[]> before = new ArrayList<>();
        for (int i = 0; i < buffers.size(); i++) {
            float[] values = new float[(int) buffers.get(i).length()];
            new Philox(7, i).normals(values);
            if (operation instanceof TvPdhg tv && tv.state().buffer() == buffers.get(i)) {
                startIterations(values, tv.state());
            }
            buffers.get(i).write(0, values, 0, values.length);
            before.add(values);
        }
        long[] versions = buffers.stream().mapToLong(HostBuffer::version).toArray();
        try (Program program = recording.compile(List.of(operation))) {
            program.run();
        }
        Set<Buffer> named = Collections.newSetFromMap(new IdentityHashMap<>());
        operation.results().stream().map(Matrix::buffer).forEach(named::add);
        int changed = 0;
        for (int i = 0; i < before.size(); i++) {
            float[] after = new float[before.get(i).length];
            buffers.get(i).read(0, after, 0, after.length);
            if (!Arrays.equals(before.get(i), after)) {
                changed++;
                assertThat(named).as("results of %s, which changes operand %d of %s, %s", operation.getClass().getSimpleName(),
                        i, each.operation(), each.name()).contains(buffers.get(i));
                assertThat(buffers.get(i).version()).as("version of operand %d after %s, %s", i, each.operation(), each.name())
                        .isGreaterThan(versions[i]);
            }
        }
        return changed;
    }

    /** With random numbers in their place, iterations would count as ended. */
    private static void startIterations(float[] values, Matrix state) {
        Arrays.fill(values, 0f);
        for (int row = 0; row < state.rows(); row++) {
            int at = (int) state.offset() + row * state.columns();
            Arrays.fill(values, at, at + 3, 0.1f);
        }
    }

    /** A backend that remembers what was allocated through it. */
    private record Recording(Backend backend, List<Buffer> buffers) implements Backend {
        Recording(Backend backend) {
            this(backend, new ArrayList<>());
        }

        @Override
        public String name() {
            return backend.name();
        }

        @Override
        public String description() {
            return backend.description();
        }

        @Override
        public Buffer allocate(long length) {
            Buffer buffer = backend.allocate(length);
            buffers.add(buffer);
            return buffer;
        }

        @Override
        public Memory memory() {
            return backend.memory();
        }

        @Override
        public Sums allocateSums(int slots) {
            return backend.allocateSums(slots);
        }

        @Override
        public Program compile(List<? extends Operation> operations) {
            return backend.compile(operations);
        }

        @Override
        public void close() {
            backend.close();
        }
    }
}
