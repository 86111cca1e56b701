package io.github.bitlift.backend.cuda;

import static jcuda.driver.JCudaDriver.cuCtxCreate;
import static jcuda.driver.JCudaDriver.cuCtxDestroy;
import static jcuda.driver.JCudaDriver.cuCtxGetCurrent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.prox.ProxMaps;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jcuda.driver.CUcontext;
import org.junit.jupiter.api.Test;

/** What the CUDA backend promises beside its bits: resources, threads, other people's contexts. */
class CudaBackendTest extends CudaTest {
    @Test
    void replaysGiveTheReferencesBitsRecordedAndLaunchByLaunch() {
        for (String synchronous : List.of("false", "true")) {
            System.setProperty(CudaBackend.SYNC_PROPERTY, synchronous);
            try (Backend cuda = CudaBackend.open("emulated"); CudaProblem problem = new CudaProblem(cuda, 5)) {
                assertThat(problem.run(7)).isEqualTo(CudaProblem.expected(5, 7));
            }
        }
        nothingWasLeftToTheContext();
    }

    @Test
    void aThousandCyclesLeaveNothing() {
        for (int cycle = 0; cycle < 1000; cycle++) {
            try (CudaBackend cuda = CudaBackend.open("emulated")) {
                CudaProblem problem = new CudaProblem(cuda, cycle);
                problem.program.run();
                if (cycle % 2 == 0) {
                    problem.close();
                    assertThat(cuda.memory().held()).isZero();
                }
            }
        }
        assertThat(EmulatedDriver.counter("device-frees")).isEqualTo(EmulatedDriver.counter("device-allocations"));
        assertThat(EmulatedDriver.counter("pinned-frees")).isEqualTo(EmulatedDriver.counter("pinned-allocations"));
        nothingWasLeftToTheContext();
    }

    @Test
    void aClosingBackendFreesTheGraphsOfProgramsStillOpen() {
        Program open;
        try (CudaBackend cuda = CudaBackend.open("emulated")) {
            open = new CudaProblem(cuda, 1).program;
            assertThat(EmulatedDriver.counter("graphs")).isOne();
        }
        open.close();
        nothingWasLeftToTheContext();
    }

    @Test
    void programsBuffersAndSumsLeaveNothingBehindInALivingBackend() {
        try (CudaBackend cuda = CudaBackend.open("emulated")) {
            long pinned = EmulatedDriver.counter("pinned-bytes");
            for (int cycle = 0; cycle < 100; cycle++) {
                try (CudaProblem problem = new CudaProblem(cuda, cycle)) {
                    problem.run(1);
                }
            }
            assertThat(cuda.memory().held()).isZero();
            assertThat(EmulatedDriver.counter("device-bytes")).isZero();
            assertThat(EmulatedDriver.counter("graphs")).isZero();
            assertThat(EmulatedDriver.counter("pinned-bytes")).isEqualTo(pinned);
        }
        nothingWasLeftToTheContext();
    }

    /** Work waits on the emulated driver until somebody waits for it, and faults where its memory has gone. */
    @Test
    void closingWaitsForWorkThatIsUnderWay() {
        try (CudaBackend cuda = CudaBackend.open("emulated")) {
            List<Consumer<CudaProblem>> closings = List.of(
                    problem -> problem.buffers.forEach(Buffer::close), problem -> problem.sums.close(),
                    problem -> problem.program.close());
            for (Consumer<CudaProblem> first : closings) {
                CudaProblem problem = new CudaProblem(cuda, 8);
                problem.program.run();
                long launches = EmulatedDriver.counter("launches");
                first.accept(problem);
                assertThat(EmulatedDriver.counter("launches")).isGreaterThan(launches);
                problem.close();
            }
            cuda.allocate(1000).close();
            try (CudaProblem problem = new CudaProblem(cuda, 9)) {
                assertThat(problem.run(2)).isEqualTo(CudaProblem.expected(9, 2));
                long launches = EmulatedDriver.counter("launches");
                problem.program.run();
                cuda.allocate(1).close();
                assertThat(EmulatedDriver.counter("launches")).isGreaterThan(launches);
            }
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
                        try (CudaProblem problem = new CudaProblem(backend, seed + cycle)) {
                            problem.run(3);
                        }
                    }
                    try (CudaProblem problem = new CudaProblem(backend, seed)) {
                        return problem.run(5);
                    }
                });
            }
            List<Future<List<String>>> results = threads.invokeAll(tasks);
            for (int t = 0; t < results.size(); t++) {
                assertThat(results.get(t).get()).isEqualTo(CudaProblem.expected(100 * t, 5));
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aReplayAndRepeatedTransfersAllocateNothing() {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        try (Backend cuda = CudaBackend.open("emulated"); CudaProblem problem = new CudaProblem(cuda, 1);
                Buffer large = cuda.allocate(3L * Staging.SLOT)) {
            float[] values = new float[2 * Staging.SLOT + 5];
            EmulatedDriver.execution(false);
            // The least of several rounds: what a step allocates shows in each, what the compiler does once doesn't.
            long replays = Long.MAX_VALUE;
            long transfers = Long.MAX_VALUE;
            for (int round = 0; round < 5; round++) {
                long before = thread.getThreadAllocatedBytes(self);
                for (int i = 0; i < 2_000; i++) {
                    problem.program.run();
                }
                replays = Math.min(replays, thread.getThreadAllocatedBytes(self) - before);
                before = thread.getThreadAllocatedBytes(self);
                for (int i = 0; i < 20; i++) {
                    large.write(7, values, 0, values.length);
                    large.read(7, values, 0, values.length);
                    problem.sums.get(1);
                }
                transfers = Math.min(transfers, thread.getThreadAllocatedBytes(self) - before);
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
    void theCallersContextStaysCurrent() {
        try (Backend first = CudaBackend.open("emulated")) {
            CUcontext own = new CUcontext();
            CUcontext current = new CUcontext();
            assertThat(cuCtxCreate(own, 0, Driver.handle(0))).isZero();
            try (CudaProblem problem = new CudaProblem(first, 4); Backend second = CudaBackend.open("emulated");
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
