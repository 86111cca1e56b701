package io.github.bitlift.emulator;

import static io.github.bitlift.emulator.Device.address;
import static io.github.bitlift.emulator.Device.check;
import static jcuda.driver.JCudaDriver.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.cuda.EmulatedDriver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.driver.CUDA_ARRAY_DESCRIPTOR;
import jcuda.driver.CUarray;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real JCuda binding on the emulated driver: same bits as Java's fma loops, and CUDA's rules where we rely on them. */
class EmulatedDriverTest {
    private static final int N = 1003;
    private static final List<String> LIVING = List.of("device-bytes", "device-blocks", "pinned-bytes", "pinned-blocks", "contexts",
            "modules", "streams", "events", "graphs");

    private long reclaimedBefore;

    @BeforeAll
    static void load() throws IOException {
        Emulator.load();
        Natives.load();
    }

    @BeforeEach
    void startForward() {
        EmulatedDriver.order("forward");
        reclaimedBefore = EmulatedDriver.counter("reclaimed");
    }

    @AfterEach
    void nothingLives() {
        for (String counter : LIVING) {
            assertThat(EmulatedDriver.counter(counter)).as(counter).isZero();
        }
        assertThat(EmulatedDriver.counter("reclaimed")).isEqualTo(reclaimedBefore);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "reverse", "random:1", "random:77"})
    void sameBitsAsJavaInEveryOrder(String order) {
        EmulatedDriver.order(order);
        try (Device device = new Device()) {
            saxpy(device);
            matrixProduct(device);
            rowSum(device);
            assertThat(pipelined(device, "pipelined")).isTrue();
        }
    }

    private static void saxpy(Device device) {
        float[] x = floats(1, N), y = floats(2, N), fused = new float[N], twice = new float[N];
        for (int i = 0; i < N; i++) {
            fused[i] = Math.fma(0.3f, x[i], y[i]);
            twice[i] = 0.3f * x[i] + y[i];
        }
        assertThat(saxpy(device, "saxpy", x, y)).isEqualTo(bits(fused));
        assertThat(saxpy(device, "saxpy_two_roundings", x, y)).isEqualTo(bits(twice)).isNotEqualTo(bits(fused));
    }

    private static int[] saxpy(Device device, String kernel, float[] x, float[] y) {
        CUdeviceptr result = device.upload(y);
        device.launch(kernel, size((N + 127) / 128, 1), size(128, 1), 0, null, N, 0.3f, device.upload(x), result);
        return bits(device.floats(result, N));
    }

    private static void matrixProduct(Device device) {
        int m = 37, n = 50, p = 41;
        float[] a = floats(3, m * p), b = floats(4, p * n), c = new float[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < p; k++) {
                    c[i * n + j] = Math.fma(a[i * p + k], b[k * n + j], c[i * n + j]);
                }
            }
        }
        CUdeviceptr result = device.allocate(4L * m * n);
        device.launch("matrix_product", size(4, 3), size(16, 16), 16 * 16 * 4, null, m, n, p, device.upload(a),
                device.upload(b), result);
        assertThat(bits(device.floats(result, m * n))).isEqualTo(bits(c));
    }

    private static void rowSum(Device device) {
        int rows = 13, columns = 75;
        float[] x = floats(5, rows * columns), sums = new float[rows];
        int negatives = 0;
        for (int r = 0; r < rows; r++) {
            float[] lanes = new float[32];
            for (int j = 0; j < columns; j++) {
                lanes[j % 32] += x[r * columns + j];
                negatives += x[r * columns + j] < 0 ? 1 : 0;
            }
            for (int offset = 16; offset > 0; offset /= 2) {
                for (int lane = 0; lane < offset; lane++) {
                    lanes[lane] += lanes[lane + offset];
                }
            }
            sums[r] = lanes[0];
        }
        CUdeviceptr result = device.allocate(4L * rows), counted = device.allocate(4);
        check(cuMemsetD32(counted, 0, 1));
        device.launch("row_sum", size(4, 1), size(32, 4), 0, null, rows, columns, device.upload(x), result, counted);
        assertThat(bits(device.floats(result, rows))).isEqualTo(bits(sums));
        assertThat(device.ints(counted, 1)[0]).isEqualTo(negatives);
    }

    private static boolean pipelined(Device device, String kernel) {
        int count = 2 * 5 * 64 * 4;
        float[] x = floats(6, count), y = new float[count];
        for (int i = 0; i < count; i++) {
            y[i] = Math.fma(x[i], x[i], 1.0f);
        }
        CUdeviceptr result = device.allocate(4L * count);
        device.launch(kernel, size(2, 1), size(64, 1), 0, null, 5, device.upload(x), result);
        return Arrays.equals(bits(device.floats(result, count)), bits(y));
    }

    @Test
    void missingBarrierShowsInTheOrderOfThreads() {
        try (Device device = new Device()) {
            CUdeviceptr out = device.allocate(64 * 4);
            int[][] seen = new int[3][];
            String[] orders = {"forward", "reverse", "random:5"};
            for (int i = 0; i < 3; i++) {
                EmulatedDriver.order(orders[i]);
                device.launch("missing_barrier", size(1, 1), size(64, 1), 0, null, out);
                seen[i] = device.ints(out, 64);
            }
            assertThat(seen[0]).isNotEqualTo(seen[1]);
        }
    }

    @Test
    void missingWaitShowsInDeferredCopies() {
        try (Device device = new Device()) {
            assertThat(pipelined(device, "pipelined_without_wait")).isFalse();
        }
    }

    @Test
    void describesItself() {
        try (Device device = new Device()) {
            int[] value = new int[1];
            check(cuDriverGetVersion(value));
            assertThat(value[0]).isEqualTo(12060);
            byte[] name = new byte[100];
            check(cuDeviceGetName(name, name.length, new CUdevice()));
            assertThat(new String(name)).startsWith("Emulated CUDA device");
            check(cuDeviceGetAttribute(value, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH, new CUdevice()));
            assertThat(value[0]).isOne();
            CUfunction function = device.function("matrix_product");
            check(cuFuncGetAttribute(value, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, function));
            assertThat(value[0]).isEqualTo(256);
            check(cuOccupancyMaxActiveBlocksPerMultiprocessor(value, function, 256, 1024));
            assertThat(value[0]).isEqualTo(8);
        }
    }

    @Test
    void refusesWhatADriverRefuses() {
        try (Device device = new Device()) {
            CUfunction function = new CUfunction();
            assertThat(cuModuleGetFunction(function, device.module(), "no_such_kernel")).isEqualTo(CUresult.CUDA_ERROR_NOT_FOUND);
            function = device.function("saxpy");
            assertThat(cuLaunchCooperativeKernel(function, 5, 1, 1, 1024, 1, 1, 0, null, null))
                    .isEqualTo(CUresult.CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE);
            assertThat(cuArrayCreate(new CUarray(), new CUDA_ARRAY_DESCRIPTOR())).isEqualTo(CUresult.CUDA_ERROR_NOT_SUPPORTED);
            assertThat(cuLaunchKernel(function, 1, 1, 1, 1025, 1, 1, 0, null, null, null)).isEqualTo(CUresult.CUDA_ERROR_INVALID_VALUE);
            assertThat(cuLaunchKernel(device.function("matrix_product"), 1, 1, 1, 257, 1, 1, 0, null, null, null))
                    .isEqualTo(CUresult.CUDA_ERROR_INVALID_VALUE);
            CUdeviceptr small = device.allocate(4);
            assertThat(cuMemsetD32(small, 0, 2)).isEqualTo(CUresult.CUDA_ERROR_INVALID_VALUE);
            assertThat(cuMemAlloc(new CUdeviceptr(), 3L << 30)).isEqualTo(CUresult.CUDA_ERROR_OUT_OF_MEMORY);
            check(cuCtxSynchronize());
        }
        String[] name = new String[1];
        check(cuGetErrorName(CUresult.CUDA_ERROR_OUT_OF_MEMORY, name));
        assertThat(name[0]).isEqualTo("CUDA_ERROR_OUT_OF_MEMORY");
        assertThat(cuCtxSynchronize()).isEqualTo(CUresult.CUDA_ERROR_INVALID_CONTEXT);
        assertThatThrownBy(() -> EmulatedDriver.order("sideways")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sideways");
    }

    /** Blocks that wait for each other take turns, in a graph too; one that doesn't come is an error. */
    @ParameterizedTest
    @ValueSource(strings = {"forward", "reverse", "random:1"})
    void blocksMeetAtTheGridsBarrier(String order) {
        EmulatedDriver.order(order);
        try (Device device = new Device()) {
            int[] in = IntStream.range(0, 128).map(i -> 1000 + i * i).toArray();
            CUdeviceptr from = device.allocate(4 * in.length);
            check(cuMemcpyHtoD(from, Pointer.to(in), 4L * in.length));
            CUdeviceptr to = device.allocate(4 * in.length);
            device.launchTogether("sound_grid_barrier", new int[] {2, 1, 1}, new int[] {64, 1, 1}, 64 * 4, from, to);
            int[] out = new int[in.length];
            check(cuMemcpyDtoH(Pointer.to(out), to, 4L * out.length));
            assertThat(out).isEqualTo(IntStream.range(0, 128)
                    .map(i -> in[(i + 64) % 128] + 1 + in[i / 64 * 64 + 63 - i % 64]).toArray());
            device.launchTogether("planted_grid_missed_by_block", new int[] {2, 1, 1}, new int[] {64, 1, 1}, 64 * 4, from, to);
            assertThat(cuCtxSynchronize()).isEqualTo(CUresult.CUDA_ERROR_LAUNCH_FAILED);
        } finally {
            EmulatedDriver.order("forward");
        }
    }

    @Test
    void packedParametersGiveTheSameBits() {
        try (Device device = new Device()) {
            float[] x = floats(8, N), y = floats(9, N);
            CUdeviceptr dx = device.upload(x), dy = device.upload(y), count = device.allocate(8);
            ByteBuffer packed = ByteBuffer.allocateDirect(24).order(ByteOrder.nativeOrder());
            packed.putInt(N).putFloat(0.3f).putLong(address(dx)).putLong(address(dy));
            Pointer options = Pointer.to(CU_LAUNCH_PARAM_BUFFER_POINTER, Pointer.to(packed), CU_LAUNCH_PARAM_BUFFER_SIZE,
                    Pointer.to(new long[] {24}), CU_LAUNCH_PARAM_END);
            check(cuLaunchKernel(device.function("saxpy"), 8, 1, 1, 128, 1, 1, 0, null, null, options));
            assertThat(bits(device.floats(dy, N))).isEqualTo(saxpy(device, "saxpy", x, y));
        }
    }

    @Test
    void workWaitsForSynchronisationAndEventsOrderStreams() {
        try (Device device = new Device()) {
            CUdeviceptr buffer = device.upload(floats(10, N));
            CUstream first = stream(), second = stream();
            CUevent start = new CUevent(), written = new CUevent();
            check(cuEventCreate(start, 0));
            check(cuEventCreate(written, 0));
            Pointer pinned = new Pointer();
            check(cuMemHostAlloc(pinned, 4L * N, 0));
            ByteBuffer host = pinned.getByteBuffer(0, 4L * N).order(ByteOrder.nativeOrder());
            host.putInt(0, 7);
            check(cuEventRecord(start, first));
            check(cuMemsetD32Async(buffer, 42, N, first));
            check(cuEventRecord(written, first));
            check(cuStreamWaitEvent(second, written, 0));
            check(cuMemcpyDtoHAsync(pinned, buffer, 4L * N, second));
            assertThat(host.getInt(0)).as("deferred").isEqualTo(7);
            assertThat(cuEventQuery(written)).isEqualTo(CUresult.CUDA_ERROR_NOT_READY);
            check(cuStreamSynchronize(second));
            assertThat(host.getInt(0)).isEqualTo(42);
            float[] milliseconds = new float[1];
            check(cuEventElapsedTime(milliseconds, start, written));
            assertThat(milliseconds[0]).isNotNegative();
            while (cuStreamQuery(first) == CUresult.CUDA_ERROR_NOT_READY) {
                Thread.onSpinWait();
            }
            check(cuEventDestroy(start));
            check(cuEventDestroy(written));
            check(cuMemFreeHost(pinned));
            check(cuStreamDestroy(first));
            check(cuStreamDestroy(second));
        }
    }

    @Test
    void capturedGraphReplays() {
        try (Device device = new Device()) {
            float[] x = floats(11, N), y = floats(12, N);
            CUdeviceptr dx = device.upload(x), dy = device.upload(y);
            CUstream main = stream(), side = stream();
            CUevent fork = new CUevent(), join = new CUevent();
            check(cuEventCreate(fork, 0));
            check(cuEventCreate(join, 0));
            CUgraph graph = new CUgraph();
            CUgraphExec instance = new CUgraphExec();
            check(cuStreamBeginCapture(main, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
            device.launch("saxpy", size(8, 1), size(128, 1), 0, main, N, 0.5f, dx, dy);
            check(cuEventRecord(fork, main));
            check(cuStreamWaitEvent(side, fork, 0));
            device.launch("saxpy", size(8, 1), size(128, 1), 0, side, N, -0.25f, dx, dy);
            check(cuEventRecord(join, side));
            check(cuStreamWaitEvent(main, join, 0));
            check(cuStreamEndCapture(main, graph));
            check(cuGraphInstantiate(instance, graph, 0));
            check(cuGraphDestroy(graph));
            assertThat(bits(device.floats(dy, N))).as("capturing runs nothing").isEqualTo(bits(y));
            for (int replay = 0; replay < 3; replay++) {
                check(cuGraphLaunch(instance, main));
                for (int i = 0; i < N; i++) {
                    y[i] = Math.fma(-0.25f, x[i], Math.fma(0.5f, x[i], y[i]));
                }
            }
            check(cuGraphExecDestroy(instance));
            check(cuStreamSynchronize(main));
            assertThat(bits(device.floats(dy, N))).isEqualTo(bits(y));
            captureRules(main, side, fork);
            check(cuEventDestroy(fork));
            check(cuEventDestroy(join));
            check(cuStreamDestroy(main));
            check(cuStreamDestroy(side));
        }
    }

    private static void captureRules(CUstream main, CUstream side, CUevent fork) {
        int global = CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL;
        check(cuStreamBeginCapture(main, global));
        assertThat(cuMemAlloc(new CUdeviceptr(), 4)).isEqualTo(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
        assertThat(cuStreamEndCapture(main, new CUgraph())).isEqualTo(CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
        check(cuStreamBeginCapture(main, global));
        check(cuEventRecord(fork, main));
        check(cuStreamWaitEvent(side, fork, 0));
        assertThat(cuEventSynchronize(fork)).isEqualTo(CUresult.CUDA_ERROR_CAPTURED_EVENT);
        assertThat(cuStreamEndCapture(side, new CUgraph())).isEqualTo(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNMATCHED);
        CUgraph empty = new CUgraph();
        check(cuStreamEndCapture(main, empty));
        check(cuGraphDestroy(empty));
    }

    @ParameterizedTest
    @ValueSource(strings = {"illegal_address", "divergent"})
    void aDeadKernelSpoilsItsContextAndNoOther(String kernel) {
        int expected = kernel.equals("divergent") ? CUresult.CUDA_ERROR_LAUNCH_FAILED : CUresult.CUDA_ERROR_ILLEGAL_ADDRESS;
        try (Device device = new Device()) {
            CUdeviceptr out = device.allocate(64 * 4);
            device.launch(kernel, size(1, 1), size(64, 1), 0, null, out);
            assertThat(cuCtxSynchronize()).isEqualTo(expected);
            assertThat(cuMemcpyDtoH(Pointer.to(new int[64]), out, 64 * 4)).isEqualTo(expected);
        }
        try (Device device = new Device()) {
            saxpy(device);
        }
    }

    /** CUDA doesn't promise that freeing waits, so neither does this driver. */
    @Test
    void workOnMemoryThatIsFreedMeanwhileFaults() {
        for (String work : List.of("fill", "copy", "kernel")) {
            try (Device device = new Device()) {
                CUdeviceptr kept = device.upload(floats(11, N));
                CUdeviceptr freed = new CUdeviceptr();
                CUdeviceptr later = new CUdeviceptr();
                CUstream stream = stream();
                check(cuMemAlloc(freed, 4L * N));
                switch (work) {
                    case "fill" -> check(cuMemsetD32Async(freed, 1, N, stream));
                    case "copy" -> check(cuMemcpyDtoDAsync(freed, kept, 4L * N, stream));
                    default -> device.launch("saxpy", new int[] {N / 32 + 1, 1, 1}, new int[] {32, 1, 1}, 0, stream,
                            N, 2f, kept, freed);
                }
                check(cuMemFree(freed));
                check(cuMemAlloc(later, 4L * N));
                assertThat(cuStreamSynchronize(stream)).as(work).isEqualTo(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
                check(cuMemFree(later));
                check(cuStreamDestroy(stream));
            }
        }
    }

    @Test
    void withoutExecutionLaunchesAndGraphsDoNothing() {
        try (Device device = new Device()) {
            float[] x = floats(14, N), y = floats(15, N);
            CUdeviceptr dx = device.upload(x), dy = device.upload(y);
            CUstream stream = stream();
            CUgraph graph = new CUgraph();
            CUgraphExec instance = new CUgraphExec();
            long launches = EmulatedDriver.counter("launches");
            EmulatedDriver.execution(false);
            try {
                device.launch("saxpy", size(8, 1), size(128, 1), 0, stream, N, 0.5f, dx, dy);
                check(cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
                device.launch("saxpy", size(8, 1), size(128, 1), 0, stream, N, 0.5f, dx, dy);
                check(cuStreamEndCapture(stream, graph));
                check(cuGraphInstantiate(instance, graph, 0));
                check(cuGraphLaunch(instance, stream));
                check(cuStreamSynchronize(stream));
            } finally {
                EmulatedDriver.execution(true);
            }
            assertThat(bits(device.floats(dy, N))).isEqualTo(bits(y));
            check(cuGraphLaunch(instance, stream));
            check(cuStreamSynchronize(stream));
            assertThat(bits(device.floats(dy, N))).isNotEqualTo(bits(y));
            assertThat(EmulatedDriver.counter("launches") - launches).isEqualTo(1);
            check(cuGraphExecDestroy(instance));
            check(cuGraphDestroy(graph));
            check(cuStreamDestroy(stream));
        }
    }

    @Test
    void refusesUnknownCountersAndAnotherFolder() {
        assertThatThrownBy(() -> EmulatedDriver.counter("sheep")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sheep").hasMessageContaining("device-bytes");
        assertThatThrownBy(() -> EmulatedDriver.load(Path.of("elsewhere"))).isInstanceOf(BackendException.class)
                .hasMessageContaining("elsewhere").hasMessageContaining("emulator-test");
    }

    @Test
    void aThousandCyclesLeaveNothing() {
        float[] x = floats(13, N);
        long before = EmulatedDriver.counter("device-allocations");
        for (int cycle = 0; cycle < 1000; cycle++) {
            try (Device device = new Device()) {
                CUdeviceptr dx = device.upload(x), dy = device.upload(x);
                CUstream stream = stream();
                device.launch("saxpy", size(8, 1), size(128, 1), 0, stream, N, 0.5f, dx, dy);
                check(cuStreamDestroy(stream));
            }
        }
        assertThat(EmulatedDriver.counter("device-allocations") - before).isEqualTo(2000);
        assertThat(EmulatedDriver.counter("device-frees")).isEqualTo(EmulatedDriver.counter("device-allocations"));
        assertThat(EmulatedDriver.counter("device-bytes")).isZero();
    }

    @Test
    void threadsHaveTheirOwnCurrentContext() throws InterruptedException {
        Throwable[] failure = new Throwable[4];
        Thread[] threads = new Thread[failure.length];
        for (int t = 0; t < threads.length; t++) {
            int index = t;
            threads[t] = new Thread(() -> {
                try (Device device = new Device()) {
                    for (int i = 0; i < 20; i++) {
                        matrixProduct(device);
                    }
                } catch (Throwable thrown) {
                    failure[index] = thrown;
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failure).containsOnlyNulls();
    }

    private static CUstream stream() {
        CUstream stream = new CUstream();
        check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
        return stream;
    }

    private static int[] size(int x, int y) {
        return new int[] {x, y, 1};
    }

    private static float[] floats(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-2, 2);
        }
        return values;
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}
