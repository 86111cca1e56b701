package io.github.bitlift.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.numerics.Philox;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

/** Weights kept packed: never stale, whoever changes them, and packed no more often than they change. */
class KeptFactorTest {
    private static final int OUT = 75;
    private static final int IN = 1_030;

    @ParameterizedTest
    @CsvSource({"vector,1,1", "vector,2,3", "vector,2,70", "vector,1,200", "plain,1,1", "plain,2,5"})
    void isNeverStale(String kernels, int threads, int rows) {
        try (Backend cpu = new CpuBackend(threads, kernels); Backend reference = new ReferenceBackend()) {
            Matrix x = filled(cpu, rows, IN, 1);
            Matrix w = filled(cpu, OUT + 1, IN, 2);
            Matrix weights = w.slice(1, OUT + 1);
            Matrix other = filled(cpu, OUT, IN, 3);
            Matrix y = filled(cpu, rows, OUT, 4);
            Matrix back = filled(cpu, rows, IN, 5);
            List<Operation> both = List.of(product(y, Product.Dense.forward(x, weights)),
                    product(back, Product.Dense.adjoint(y, weights)));
            try (Program program = cpu.compile(both);
                    Program copy = cpu.compile(List.of(new Copy(other, weights)));
                    Program elsewhere = reference.compile(List.of(new Copy(other, weights)));
                    Program learn = cpu.compile(List.of(product(weights, Product.Dense.gradient(y, x))));
                    Program between = cpu.compile(List.of(both.get(0), new Copy(other, weights), both.get(0)))) {
                check(program, reference, x, weights, y, back, "at first");
                check(program, reference, x, weights, y, back, "again");
                weights.buffer().write(weights.offset() + 7, new float[] {1234.5f}, 0, 1);
                check(program, reference, x, weights, y, back, "after one number was written");
                copy.run();
                check(program, reference, x, weights, y, back, "after a copy");
                learn.run();
                check(program, reference, x, weights, y, back, "after a product into them");
                elsewhere.run();
                check(program, reference, x, weights, y, back, "after another backend's program");
                other.write(new float[OUT * IN]);
                between.run();
                assertThat(y.toArray()).as("after a copy within one program").containsOnly(0f);
            }
        }
    }

    private static void check(
            Program program, Backend reference, Matrix x, Matrix weights, Matrix y, Matrix back, String when) {
        program.run();
        float[] gotY = y.toArray();
        float[] gotBack = back.toArray();
        try (Program expected = reference.compile(List.of(product(y, Product.Dense.forward(x, weights)),
                product(back, Product.Dense.adjoint(y, weights))))) {
            expected.run();
        }
        assertThat(gotY).as("x Wᵀ %s", when).isEqualTo(y.toArray());
        assertThat(gotBack).as("y W %s", when).isEqualTo(back.toArray());
    }

    private static Product product(Matrix out, Product.Dense term) {
        return Product.of(new Product.Row(out, List.of(term), new Epilogue.Scale(1f)));
    }

    private static Matrix filled(Backend backend, int rows, int columns, long stream) {
        float[] values = new float[rows * columns];
        new Philox(11, stream).normals(values);
        Matrix matrix = Matrix.of(backend.allocate(values.length), rows, columns);
        matrix.write(values);
        return matrix;
    }

    /** A batch of 60,000 images beside ten classes would take as much memory again. */
    @Test
    void keepsWeightsForFewRowsButNoBatch() {
        KeptFactors factors = new KeptFactors();
        try (Backend cpu = new CpuBackend(1, "plain")) {
            Matrix residuals = filled(cpu, 300, 10, 1);
            Matrix activations = filled(cpu, 300, 20, 2);
            Matrix weights = filled(cpu, 10, 20, 3);
            assertThat(factors.of(Product.Dense.gradient(residuals, activations))).isNull();
            assertThat(factors.of(Product.Dense.forward(activations, weights))).isNull();
            KeptFactor kept = factors.of(Product.Dense.forward(activations.slice(0, 5), weights));
            assertThat(kept).isNotNull();
            assertThat(factors.of(Product.Dense.forward(activations.slice(7, 9), weights))).isSameAs(kept);
            assertThat(factors.of(Product.Dense.adjoint(residuals.slice(0, 5), weights))).isNotNull().isNotSameAs(kept);
        }
    }

    /** Packing costs as much as some rows' product, so weights that move with every product aren't kept. */
    @Test
    void isPackedOnceForNumbersThatStay() {
        KeptFactor kept = new KeptFactor();
        int[] packings = {0};
        KeptFactor.Packing packing = panels -> {
            packings[0]++;
            return panels;
        };
        for (int use = 0; use < 5; use++) {
            assertThat(kept.isWanted(0)).as("use %d of the first version", use).isTrue();
            kept.panels(0, packing);
        }
        assertThat(packings[0]).isEqualTo(1);
        assertThat(kept.isWanted(1)).as("the next version, as the last was used again").isTrue();
        assertThat(kept.isWanted(2)).as("a version after one that was used once").isFalse();
        assertThat(kept.isWanted(2)).as("the same a second time").isTrue();
        assertThat(kept.isWanted(3)).as("a version after one that was used twice").isTrue();
    }
}
