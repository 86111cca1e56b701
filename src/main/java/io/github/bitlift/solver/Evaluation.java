package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.lifting.Lifting;
import io.github.bitlift.lifting.Objective;
import io.github.bitlift.lifting.Variables;
import java.util.LinkedHashMap;
import java.util.Map;

/** What every trainer tells of its problem: the objective, residuals, and the auxiliary variables that a checkpoint keeps. */
final class Evaluation implements AutoCloseable {
    private final Lifting lifting;
    private final Sums sums;
    private final Program program;
    private final Stationarity stationarity;

    /** Of the variables as they are whenever it is asked. */
    Evaluation(Backend backend, Variables variables, Lifting lifting) {
        this.lifting = lifting;
        this.sums = backend.allocateSums(lifting.slots());
        this.program = backend.compile(lifting.evaluate(sums));
        this.stationarity = new Stationarity(backend, variables, lifting);
    }

    Objective objective() {
        program.run();
        return lifting.objective(sums);
    }

    /** The objective's total alone, without an object. */
    double total() {
        program.run();
        return lifting.total(sums);
    }

    Residuals residuals() {
        return stationarity.measure();
    }

    /** {@code auxiliary.1}, {@code auxiliary.2}, … */
    Map<String, Matrix> auxiliaries() {
        Map<String, Matrix> state = new LinkedHashMap<>();
        for (int j = 0; j < lifting.auxiliaries().size(); j++) {
            state.put("auxiliary." + (j + 1), lifting.auxiliaries().get(j));
        }
        return state;
    }

    @Override
    public void close() {
        program.close();
        stationarity.close();
        sums.close();
    }
}
