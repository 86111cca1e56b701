package io.github.bitlift.backend.cuda;

import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT;
import static jcuda.driver.JCudaDriver.cuFuncGetAttribute;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Program;
import java.util.List;
import java.util.stream.IntStream;
import jcuda.driver.CUfunction;
import org.junit.jupiter.api.Test;

/** How kernels are launched: what a grid can't hold, and how a multiprocessor's memory is divided. */
class CudaLaunchTest extends CudaTest {
    /** One launch takes at most 65,535 of them along its grid. */
    @Test
    void moreMatricesThanAGridIsHigh() {
        int count = 65_537;
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        try (Backend cuda = CudaBackend.open("emulated"); Buffer in = cuda.allocate(count); Buffer out = cuda.allocate(count)) {
            in.write(0, values, 0, count);
            List<ColumnSum.Entry> entries = IntStream.range(0, count)
                    .mapToObj(i -> new ColumnSum.Entry(new Matrix(in, i, 1, 1), new Matrix(out, i, 1, 1), 1f)).toList();
            try (Program program = cuda.compile(List.of(new ColumnSum(entries)))) {
                program.run();
            }
            float[] got = new float[count];
            out.read(0, got, 0, count);
            assertThat(got).isEqualTo(values);
        }
    }

    @Test
    void productsPreferSharedMemoryToCaches() {
        Context context = new Context(Driver.load(true).device("0"));
        Modules modules = new Modules(context);
        int[] carveout = new int[1];
        try (Context.Scope scope = context.enter()) {
            for (String stem : List.of("product", "tanh")) {
                CUfunction product = modules.function(stem, (stem.equals("tanh") ? "tanh_" : "") + "product_nn_small");
                assertThat(cuFuncGetAttribute(carveout, CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, product)).isZero();
                assertThat(carveout).containsExactly(100);
            }
            CUfunction other = modules.function("tanh", "tanh_activate");
            assertThat(cuFuncGetAttribute(carveout, CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, other)).isZero();
            assertThat(carveout).containsExactly(-1);
        } finally {
            context.close(modules::close);
        }
    }
}
