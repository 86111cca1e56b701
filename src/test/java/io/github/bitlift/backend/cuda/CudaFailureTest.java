package io.github.bitlift.backend.cuda;

import static jcuda.driver.JCudaDriver.cuCtxCreate;
import static jcuda.driver.JCudaDriver.cuCtxDestroy;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.reference.ReferenceBackend;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import org.junit.jupiter.api.Test;

/** What the CUDA backend says and keeps when something fails or is used wrongly. */
class CudaFailureTest extends CudaTest {
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
            try (CudaProblem problem = new CudaProblem(cuda, 3)) {
                assertThat(problem.run(2)).isEqualTo(CudaProblem.expected(3, 2));
            }
        }
        nothingWasLeftToTheContext();
    }

    @Test
    void aFailingKernelIsNamedAndSpoilsItsOwnBackendAlone() {
        for (String synchronous : List.of("false", "true")) {
            System.setProperty(CudaBackend.SYNC_PROPERTY, synchronous);
            try (CudaBackend other = CudaBackend.open("emulated"); CudaProblem intact = new CudaProblem(other, 9)) {
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
                assertThat(intact.run(2)).isEqualTo(CudaProblem.expected(9, 2));
                try (Backend fresh = CudaBackend.open("emulated"); CudaProblem problem = new CudaProblem(fresh, 11)) {
                    assertThat(problem.run(2)).isEqualTo(CudaProblem.expected(11, 2));
                }
            }
        }
    }

    @Test
    void closingTellsOfAFailureThatNobodyHasSeen() {
        CudaBackend cuda = CudaBackend.open("emulated");
        Buffer buffer = cuda.allocate(64);
        Program program = cuda.compileKernel("update", "illegal_address", Matrix.of(buffer, 8, 8));
        program.run();
        assertThatThrownBy(buffer::close).isInstanceOf(BackendException.class)
                .hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS").hasMessageContaining("test of illegal_address [8, 8]");
        program.close();
        cuda.close();
        CudaBackend other = CudaBackend.open("emulated");
        other.compileKernel("update", "illegal_address", Matrix.of(other.allocate(64), 8, 8)).run();
        assertThatThrownBy(other::close).isInstanceOf(BackendException.class)
                .hasMessageContaining("test of illegal_address [8, 8]");
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
            try (CudaProblem problem = new CudaProblem(cuda, 6)) {
                assertThat(problem.run(1)).isEqualTo(CudaProblem.expected(6, 1));
            }
        }
        nothingWasLeftToTheContext();
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
    void whatIsClosedSaysSo() {
        CudaBackend cuda = CudaBackend.open("emulated");
        CudaProblem problem = new CudaProblem(cuda, 2);
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
}
