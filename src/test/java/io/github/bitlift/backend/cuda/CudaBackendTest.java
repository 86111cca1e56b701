package io.github.bitlift.backend.cuda;

import static jcuda.driver.JCudaDriver.cuCtxCreate;
import static jcuda.driver.JCudaDriver.cuCtxDestroy;
import static jcuda.driver.JCudaDriver.cuCtxGetCurrent;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.emulator.Emulator;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.prox.ProxMaps;
import io.github.bitlift.prox.SoftThreshold;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the CUDA backend promises beside its bits: resources, errors, threads; on the emulated driver. */
class CudaBackendTest {
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

    private void nothingWasLeftToTheContext() {
        assertThat(EmulatedDriver.counter("reclaimed")).isEqualTo(reclaimed);
    }

    /** Several operations on operands of one backend, and what they leave. */
    private static final class Problem implements AutoCloseable {
        private static final int ROWS = 13;
        private static final int COLUMNS = 37;

        private final Backend backend;
        private final List<Buffer> buffers = new ArrayList<>();
        private final Sums sums;
        private final Program program;

        Problem(Backend backend, long seed) {
            this.backend = backend;
            Matrix v = matrix(seed, ROWS);
            Matrix u = matrix(seed + 1, ROWS);
            Matrix residual = matrix(seed + 2, ROWS);
            Matrix m = matrix(seed + 3, ROWS);
            Matrix mean = matrix(seed + 4, 1);
            Buffer small = backend.allocate(3);
            buffers.add(small);
            small.write(0, new float[] {0.1f, 0.2f, 700f}, 0, 3);
            sums = backend.allocateSums(2);
            SoftThreshold map = new SoftThreshold(0.3f);
            List<Operation> operations = List.of(
                    new Elementwise(Elementwise.Kind.RESIDUAL, map, 0.5f, v, u, residual),
                    new Update(List.of(new Update.Step(Update.Nesterov.of(0.9), v, residual, m, null,
                            Matrix.of(small, 1, 3), null, new Update.Proximal(map, 0.1f, true)))),
                    new ColumnSum(List.of(new ColumnSum.Entry(residual, mean, 0.25f))),
                    new Reduce(Reduce.Kind.SQUARED_NORM, residual, null, null, sums, 0),
                    new Reduce(Reduce.Kind.DOT, v, u, null, sums, 1),
                    new Copy(v, u));
            program = backend.compile(operations);
        }

        private Matrix matrix(long seed, int rows) {
            float[] values = new float[rows * COLUMNS];
            Philox random = new Philox(seed, 0);
            for (int i = 0; i < values.length; i++) {
                values[i] = random.normal(i);
            }
            Buffer buffer = backend.allocate(values.length);
            buffer.write(0, values, 0, values.length);
            buffers.add(buffer);
            return Matrix.of(buffer, rows, COLUMNS);
        }

        List<String> run(int times) {
            for (int i = 0; i < times; i++) {
                program.run();
            }
            List<String> bits = new ArrayList<>();
            for (Buffer buffer : buffers) {
                float[] values = new float[(int) buffer.length()];
                buffer.read(0, values, 0, values.length);
                for (float value : values) {
                    bits.add(Integer.toHexString(Float.floatToIntBits(value)));
                }
            }
            bits.add(Double.toHexString(sums.get(0)));
            bits.add(Double.toHexString(sums.get(1)));
            return bits;
        }

        @Override
        public void close() {
            program.close();
            sums.close();
            buffers.forEach(Buffer::close);
        }
    }

    private static List<String> expected(long seed, int times) {
        try (Backend reference = new ReferenceBackend(); Problem problem = new Problem(reference, seed)) {
            return problem.run(times);
        }
    }

    @Test
    void replaysGiveTheReferencesBitsRecordedAndLaunchByLaunch() {
        for (String synchronous : List.of("false", "true")) {
            System.setProperty(CudaBackend.SYNC_PROPERTY, synchronous);
            try (Backend cuda = CudaBackend.open("emulated"); Problem problem = new Problem(cuda, 5)) {
                assertThat(problem.run(7)).isEqualTo(expected(5, 7));
            }
        }
        nothingWasLeftToTheContext();
    }

    @Test
    void aThousandCyclesLeaveNothing() {
        for (int cycle = 0; cycle < 1000; cycle++) {
            try (CudaBackend cuda = CudaBackend.open("emulated")) {
                Problem problem = new Problem(cuda, cycle);
                problem.program.run();
                if (cycle % 2 == 0) {
                    problem.close();
                    assertThat(cuda.deviceBytes()).isZero();
                }
            }
        }
        assertThat(EmulatedDriver.counter("device-frees")).isEqualTo(EmulatedDriver.counter("device-allocations"));
        assertThat(EmulatedDriver.counter("pinned-frees")).isEqualTo(EmulatedDriver.counter("pinned-allocations"));
    }

    @Test
    void programsBuffersAndSumsLeaveNothingBehindInALivingBackend() {
        try (CudaBackend cuda = CudaBackend.open("emulated")) {
            long pinned = EmulatedDriver.counter("pinned-bytes");
            for (int cycle = 0; cycle < 100; cycle++) {
                try (Problem problem = new Problem(cuda, cycle)) {
                    problem.run(1);
                }
            }
            assertThat(cuda.deviceBytes()).isZero();
            assertThat(EmulatedDriver.counter("device-bytes")).isZero();
            assertThat(EmulatedDriver.counter("graphs")).isZero();
            assertThat(EmulatedDriver.counter("pinned-bytes")).isEqualTo(pinned);
        }
        nothingWasLeftToTheContext();
    }

    @Test
    void eightThreadsShareABackend() throws Exception {
        try (Backend cuda = CudaBackend.open("emulated")) {
            runInThreads(Collections.nCopies(8, cuda));
        }
        nothingWasLeftToTheContext();
    }

    @Test
    void fourBackendsAtOnce() throws Exception {
        List<CudaBackend> backends = Stream.generate(() -> CudaBackend.open("emulated")).limit(4).toList();
        runInThreads(Stream.concat(backends.stream(), backends.stream()).toList());
        backends.forEach(CudaBackend::close);
        nothingWasLeftToTheContext();
    }

    private static void runInThreads(List<? extends Backend> backends) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(backends.size());
        try {
            List<Callable<List<String>>> tasks = new ArrayList<>();
            for (int t = 0; t < backends.size(); t++) {
                Backend backend = backends.get(t);
                long seed = 100 * t;
                tasks.add(() -> {
                    for (int cycle = 0; cycle < 5; cycle++) {
                        try (Problem problem = new Problem(backend, seed + cycle)) {
                            problem.run(3);
                        }
                    }
                    try (Problem problem = new Problem(backend, seed)) {
                        return problem.run(5);
                    }
                });
            }
            List<Future<List<String>>> results = threads.invokeAll(tasks);
            for (int t = 0; t < results.size(); t++) {
                assertThat(results.get(t).get()).isEqualTo(expected(100 * t, 5));
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void runningOutOfMemoryKeepsTheBackendUsable() {
        try (Backend cuda = CudaBackend.open("emulated"); Buffer kept = cuda.allocate(1000)) {
            assertThatThrownBy(() -> cuda.allocate(1L << 40)).isInstanceOf(BackendException.class)
                    .hasMessageContaining("out of memory for a buffer of 1099511627776 elements")
                    .hasMessageContaining("4398046511104 bytes wanted")
                    .hasMessageContaining("free").hasMessageContaining("4000 held by this backend");
            assertThatThrownBy(() -> cuda.allocate(-1)).isInstanceOf(BackendException.class)
                    .hasMessageContaining("-1 elements");
            assertThatThrownBy(() -> cuda.allocateSums(-1)).isInstanceOf(BackendException.class)
                    .hasMessageContaining("-1 sums");
            try (Problem problem = new Problem(cuda, 3)) {
                assertThat(problem.run(2)).isEqualTo(expected(3, 2));
            }
        }
        nothingWasLeftToTheContext();
    }

    @Test
    void aFailingKernelIsNamedAndSpoilsItsOwnBackendAlone() {
        for (String synchronous : List.of("false", "true")) {
            System.setProperty(CudaBackend.SYNC_PROPERTY, synchronous);
            try (CudaBackend other = CudaBackend.open("emulated"); Problem intact = new Problem(other, 9)) {
                CudaBackend broken = CudaBackend.open("emulated");
                Buffer buffer = broken.allocate(64);
                Program program = broken.compileKernel("update", "illegal_address", Matrix.of(buffer, 8, 8));
                assertThatThrownBy(() -> {
                    program.run();
                    buffer.read(0, new float[64], 0, 64);
                }).isInstanceOf(BackendException.class).hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS")
                        .hasMessageContaining("test of illegal_address [8, 8]").hasMessageContaining("Emulated CUDA device");
                assertThatThrownBy(() -> buffer.write(0, new float[1], 0, 1)).isInstanceOf(BackendException.class)
                        .hasMessageContaining("this backend failed earlier").hasMessageContaining("illegal_address")
                        .hasMessageEndingWith("open a new one");
                assertThatThrownBy(() -> broken.allocate(1)).isInstanceOf(BackendException.class);
                program.close();
                buffer.close();
                broken.close();
                assertThat(intact.run(2)).isEqualTo(expected(9, 2));
                try (Backend fresh = CudaBackend.open("emulated"); Problem problem = new Problem(fresh, 11)) {
                    assertThat(problem.run(2)).isEqualTo(expected(11, 2));
                }
            }
        }
    }

    @Test
    void kernelsThatDontLoadAreReportedWithTheCompilersWords() {
        try (CudaBackend cuda = CudaBackend.open("emulated"); Buffer buffer = cuda.allocate(64)) {
            Matrix operand = Matrix.of(buffer, 8, 8);
            assertThatThrownBy(() -> cuda.compileKernel("broken", "saxpy", operand)).isInstanceOf(BackendException.class)
                    .hasMessageContaining("kernels of broken (ptxas fatal   : no .version directive)")
                    .hasMessageContaining("CUDA_ERROR_INVALID_PTX");
            assertThatThrownBy(() -> cuda.compileKernel("missing", "saxpy", operand)).isInstanceOf(BackendException.class)
                    .hasMessageContaining("no kernels of missing");
            assertThatThrownBy(() -> cuda.compileKernel("update", "no_such_kernel", operand))
                    .isInstanceOf(BackendException.class).hasMessageContaining("kernel no_such_kernel")
                    .hasMessageContaining("CUDA_ERROR_NOT_FOUND");
            try (Problem problem = new Problem(cuda, 6)) {
                assertThat(problem.run(1)).isEqualTo(expected(6, 1));
            }
        }
        nothingWasLeftToTheContext();
    }

    @Test
    void aReplayAndRepeatedTransfersAllocateNothing() {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        try (Backend cuda = CudaBackend.open("emulated"); Problem problem = new Problem(cuda, 1);
                Buffer large = cuda.allocate(3L * Staging.SLOT)) {
            float[] values = new float[2 * Staging.SLOT + 5];
            EmulatedDriver.execution(false);
            long replays = 0;
            long transfers = 0;
            for (int round = 0; round < 3; round++) {
                long before = thread.getThreadAllocatedBytes(self);
                for (int i = 0; i < 10_000; i++) {
                    problem.program.run();
                }
                replays = thread.getThreadAllocatedBytes(self) - before;
                before = thread.getThreadAllocatedBytes(self);
                for (int i = 0; i < 20; i++) {
                    large.write(7, values, 0, values.length);
                    large.read(7, values, 0, values.length);
                    problem.sums.get(1);
                }
                transfers = thread.getThreadAllocatedBytes(self) - before;
            }
            assertThat(replays).isZero();
            assertThat(transfers).isZero();
        } finally {
            EmulatedDriver.execution(true);
        }
    }

    @Test
    void buffersAreZeroedAndMoveAnyRange() {
        try (Backend cuda = CudaBackend.open("emulated"); Buffer buffer = cuda.allocate(6L * Staging.SLOT + 11)) {
            float[] sent = new float[5 * Staging.SLOT + 3];
            for (int i = 0; i < sent.length; i++) {
                sent[i] = i;
            }
            buffer.write(4, sent, 0, sent.length);
            buffer.write(0, sent, 1, 2);
            float[] got = new float[(int) buffer.length() + 2];
            buffer.read(0, got, 1, got.length - 2);
            assertThat(got).startsWith(0, 1, 2, 0, 0, 0, 1, 2).endsWith(0);
            for (int i = 0; i < sent.length; i++) {
                assertThat(got[5 + i]).isEqualTo(sent[i]);
            }
            for (int i = 5 + sent.length; i < got.length; i++) {
                assertThat(got[i]).isZero();
            }
        }
    }

    @Test
    void rangesOutsideAreRefused() {
        try (Backend cuda = CudaBackend.open("emulated"); Buffer buffer = cuda.allocate(5);
                Sums sums = cuda.allocateSums(2)) {
            float[] array = new float[5];
            assertThatThrownBy(() -> buffer.write(1, array, 0, 5)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.write(0, array, 1, 5)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.read(-1, array, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.read(0, array, 5, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> sums.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(sums.get(1)).isZero();
        }
    }

    @Test
    void emptyBuffersAndProgramsWork() {
        try (Backend cuda = CudaBackend.open("emulated"); Buffer empty = cuda.allocate(0); Sums none = cuda.allocateSums(0);
                Program program = cuda.compile(List.of())) {
            empty.write(0, new float[0], 0, 0);
            empty.read(0, new float[0], 0, 0);
            program.run();
            assertThat(none.length()).isZero();
        }
        nothingWasLeftToTheContext();
    }

    @Test
    void whatIsClosedSaysSo() {
        CudaBackend cuda = CudaBackend.open("emulated");
        Problem problem = new Problem(cuda, 2);
        Buffer buffer = problem.buffers.get(0);
        buffer.close();
        buffer.close();
        assertThatThrownBy(buffer::length).isInstanceOf(IllegalStateException.class).hasMessage("buffer is closed");
        assertThatThrownBy(() -> problem.program.run()).isInstanceOf(IllegalStateException.class)
                .hasMessage("an operand of the program is closed");
        problem.program.close();
        problem.program.close();
        assertThatThrownBy(() -> problem.program.run()).isInstanceOf(IllegalStateException.class)
                .hasMessage("program is closed");
        problem.sums.close();
        problem.sums.close();
        assertThatThrownBy(() -> problem.sums.get(0)).isInstanceOf(IllegalStateException.class)
                .hasMessage("sums are closed");
        Buffer left = cuda.allocate(3);
        cuda.close();
        cuda.close();
        assertThatThrownBy(() -> left.read(0, new float[1], 0, 1)).isInstanceOf(IllegalStateException.class)
                .hasMessage("the cuda backend is closed");
        assertThatThrownBy(() -> cuda.allocate(1)).isInstanceOf(IllegalStateException.class);
        left.close();
        problem.close();
        nothingWasLeftToTheContext();
    }

    @Test
    void operandsOfOthersAreRefused() {
        try (Backend cuda = CudaBackend.open("emulated"); Backend other = CudaBackend.open("emulated");
                Backend reference = new ReferenceBackend(); Buffer own = cuda.allocate(6);
                Buffer foreign = other.allocate(6); Buffer onHeap = reference.allocate(6);
                Sums sums = other.allocateSums(1)) {
            assertThatThrownBy(() -> cuda.compile(List.of(new Copy(Matrix.of(own, 2, 3), Matrix.of(foreign, 2, 3)))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("operand copy: to [2, 3] belongs to another backend");
            assertThatThrownBy(() -> cuda.compile(List.of(new Copy(Matrix.of(onHeap, 2, 3), Matrix.of(own, 2, 3)))))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("copy: from");
            assertThatThrownBy(() -> cuda.compile(List.of(
                    new Reduce(Reduce.Kind.SQUARED_NORM, Matrix.of(own, 2, 3), null, null, sums, 0))))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("reduce: result");
        }
        nothingWasLeftToTheContext();
    }

    @Test
    void aBackendThatCantBeOpenedLeavesNothing() {
        CUcontext own = new CUcontext();
        Driver.load(true);
        assertThat(cuCtxCreate(own, 0, Driver.handle(0))).isZero();
        Pointer hoard = new Pointer();
        assertThat(cuMemHostAlloc(hoard, (2L << 30) - 1000, 0)).as("nearly all that can be pinned").isZero();
        assertThatThrownBy(() -> CudaBackend.open("emulated")).isInstanceOf(BackendException.class)
                .hasMessageContaining("cuMemHostAlloc failed for the staging ring (2097152 bytes)")
                .hasMessageContaining("CUDA_ERROR_OUT_OF_MEMORY");
        assertThat(EmulatedDriver.counter("contexts")).isEqualTo(1);
        assertThat(EmulatedDriver.counter("streams")).isZero();
        assertThat(EmulatedDriver.counter("pinned-blocks")).isEqualTo(1);
        assertThat(cuMemFreeHost(hoard)).isZero();
        assertThat(cuCtxDestroy(own)).isZero();
        CudaBackend.open("emulated").close();
    }

    @Test
    void theCallersContextStaysCurrent() {
        try (Backend first = CudaBackend.open("emulated")) {
            CUcontext own = new CUcontext();
            CUcontext current = new CUcontext();
            assertThat(cuCtxCreate(own, 0, Driver.handle(0))).isZero();
            try (Problem problem = new Problem(first, 4); Backend second = CudaBackend.open("emulated");
                    Buffer buffer = second.allocate(3)) {
                problem.run(1);
                assertThatThrownBy(() -> second.allocate(1L << 50)).isInstanceOf(BackendException.class);
            }
            assertThat(cuCtxGetCurrent(current)).isZero();
            assertThat(current.toString()).isEqualTo(own.toString());
            assertThat(cuCtxDestroy(own)).isZero();
        }
    }

    @Test
    void devicesAreFoundByNumberAndName() {
        CudaDevices found = CudaDevices.find();
        assertThat(found.emulated()).isTrue();
        assertThat(found.problem()).isNull();
        assertThat(found.devices()).hasSize(1);
        assertThat(found.devices().get(0).isSupported()).isTrue();
        assertThatThrownBy(() -> CudaBackend.open("0")).isInstanceOf(BackendException.class)
                .hasMessageContaining("this JVM runs on the emulated driver");
        Driver driver = Driver.load(true);
        assertThat(driver.device("0")).isEqualTo(found.devices().get(0));
        assertThat(driver.device("EMULATED cuda")).isEqualTo(found.devices().get(0));
        assertThatThrownBy(() -> driver.device("1")).isInstanceOf(BackendException.class)
                .hasMessageContaining("no device '1'; there are 0: Emulated CUDA device");
        try (Backend cuda = CudaBackend.open("emulated")) {
            assertThat(cuda.name()).isEqualTo("cuda");
            assertThat(cuda.description()).isEqualTo("emulated driver, order forward");
        }
    }

    @Test
    void everyKernelsParametersFitItsMap() {
        Set<Integer> lengths = ProxMaps.examples().stream()
                .map(map -> map.parameters().length).collect(Collectors.toSet());
        assertThat(lengths).isSubsetOf(0, 1, 2);
    }
}
