package io.github.bitlift.bench;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Operation;
import java.util.List;
import java.util.function.Function;

/**
 * One thing that is timed.
 *
 * @param name what is done, with which sizes: {@code product/forward/7x784/5000/residual}
 * @param samples the number of samples, by which {@code --quick} leaves cases out
 * @param open makes operands and program on a backend
 */
record BenchCase(String name, int samples, Function<Backend, Load> open) {

    /** A case that is one list of operations. */
    static BenchCase of(String name, int samples, Function<Operands, List<? extends Operation>> operations) {
        return new BenchCase(name, samples, backend -> {
            Operands operands = new Operands(backend);
            try {
                List<? extends Operation> list = operations.apply(operands);
                return Load.of(backend.compile(list), operands, WorkCounter.of(list));
            } catch (RuntimeException problem) {
                operands.close();
                throw problem;
            }
        });
    }
}
