package io.github.bitlift.bench;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Convolved;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Fold;
import io.github.bitlift.backend.Kernels;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.Unfold;
import io.github.bitlift.backend.Update;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Counts the {@link Work} of operations instead of doing it: the formulas of their Javadoc, term by term. */
public final class WorkCounter implements Kernels {
    private final Set<Matrix> read = new HashSet<>();
    private final Set<Matrix> written = new HashSet<>();
    private long flops;
    private long bytes;

    private WorkCounter() {}

    /** The work of operations run one after the other; an operand that two of them read counts for each. */
    public static Work of(List<? extends Operation> operations) {
        WorkCounter counter = new WorkCounter();
        operations.forEach(counter::add);
        return new Work(counter.flops, counter.bytes);
    }

    private void add(Operation operation) {
        operation.on(this);
        read.forEach(matrix -> bytes += Float.BYTES * matrix.size());
        written.forEach(matrix -> bytes += Float.BYTES * matrix.size());
        read.clear();
        written.clear();
    }

    @Override
    public void product(Product operation) {
        for (Product.Row row : operation.rows()) {
            long size = row.size();
            for (Product.Term term : row.terms()) {
                term(term);
            }
            flops += (row.terms().size() - 1) * size;
            flops += size * epilogue(row.epilogue());
            write(row.out());
            if (row.then() != null) {
                step(row.then());
            }
        }
    }

    private void term(Product.Term term) {
        if (term instanceof Product.Dense dense) {
            flops += 2L * dense.rows() * dense.columns() * dense.depth();
            read.add(dense.left());
            read.add(dense.right());
        } else if (term instanceof Product.Scaled scaled) {
            flops += Math.abs(scaled.factor()) == 1 ? 0 : scaled.operand().size();
            read.add(scaled.operand());
        } else {
            convolved((Convolved) term);
        }
    }

    /** Patches lie in memory only for the want of something better, so they don't count. */
    private void convolved(Convolved term) {
        if (term instanceof Convolved.Forward forward) {
            flops += 2L * forward.rows() * forward.columns() * forward.grid().patchSize();
            read.add(forward.of());
            read.add(forward.weights());
        } else if (term instanceof Convolved.Adjoint adjoint) {
            flops += 2 * adjoint.of().size() * adjoint.grid().patchSize()
                    + (long) adjoint.images() * adjoint.grid().patches() * adjoint.grid().patchSize();
            read.add(adjoint.of());
            read.add(adjoint.weights());
        } else if (term instanceof Convolved.Gradient gradient) {
            flops += 2 * gradient.residual().size() * gradient.grid().patchSize();
            read.add(gradient.of());
            read.add(gradient.residual());
        }
    }

    /** Operations per element. */
    private long epilogue(Epilogue epilogue) {
        if (epilogue instanceof Epilogue.Scale scale) {
            return scale.factor() == 1 ? 0 : 1;
        }
        if (epilogue instanceof Epilogue.Activate activate) {
            read.add(activate.bias());
            write(activate.preactivation());
            return 2;
        }
        if (epilogue instanceof Epilogue.Residual residual) {
            read.add(residual.bias());
            read.add(residual.target());
            write(residual.preactivation());
            write(residual.pull());
            int pull = residual.smoothRidge() ? 2 : 1;
            return 4 + (residual.pull() == null ? 0 : pull);
        }
        if (epilogue instanceof Epilogue.Add add) {
            read.add(add.addend());
            return 1;
        }
        read.add(((Epilogue.Pullback) epilogue).preactivation());
        return 2;
    }

    private void write(Matrix matrixOrNull) {
        if (matrixOrNull != null) {
            written.add(matrixOrNull);
        }
    }

    @Override
    public void columnSum(ColumnSum operation) {
        for (ColumnSum.Entry entry : operation.entries()) {
            flops += entry.in().size() + entry.out().size();
            read.add(entry.in());
            written.add(entry.out());
        }
    }

    @Override
    public void update(Update operation) {
        for (Update.Step step : operation.steps()) {
            read.add(step.gradient());
            step(step);
        }
    }

    /** Without the gradient, which a fused step has at hand. */
    private void step(Update.Step step) {
        Update.Rule rule = step.rule();
        boolean momentum = !(rule instanceof Update.Gradient);
        keep(step.x());
        read.add(step.coefficients());
        if (momentum) {
            keep(step.first());
        }
        if (rule instanceof Update.Adam) {
            keep(step.second());
        }
        if (step.anchor() != null) {
            read.add(step.anchor().point());
        }
        flops += step.x().size() * (rule(rule) + (step.anchor() == null ? 0 : 3) + proximal(step.proximal()));
    }

    private void keep(Matrix matrix) {
        read.add(matrix);
        written.add(matrix);
    }

    private static int rule(Update.Rule rule) {
        if (rule instanceof Update.Gradient) {
            return 2;
        }
        if (rule instanceof Update.HeavyBall) {
            return 5;
        }
        return rule instanceof Update.Nesterov ? 7 : 13;
    }

    private static int proximal(Update.Proximal proximal) {
        if (proximal == null) {
            return 0;
        }
        return proximal.ridge() ? 2 : 1;
    }

    @Override
    public void elementwise(Elementwise operation) {
        boolean pair = operation.kind() == Elementwise.Kind.RESIDUAL || operation.kind() == Elementwise.Kind.PULLBACK;
        read.add(operation.v());
        if (pair) {
            read.add(operation.w());
        }
        written.add(operation.out());
        flops += operation.v().size() * switch (operation.kind()) {
            case ACTIVATE, SCALED_PROX -> 1;
            case PULLBACK -> 2;
            case RESIDUAL -> 3;
        };
    }

    @Override
    public void reduce(Reduce operation) {
        read.add(operation.a());
        if (operation.kind().isPair()) {
            read.add(operation.b());
        }
        bytes += Double.BYTES;
        flops += operation.a().size() * switch (operation.kind()) {
            case NONZEROS -> 1;
            case SQUARED_NORM, DOT, POTENTIAL, CONJUGATE, PENALTY -> 2;
            case SQUARED_DISTANCE -> 3;
        };
    }

    /** A is read for each product with it: x and y hang on each other, so no implementation gets by with one pass. */
    @Override
    public void powerIteration(PowerIteration operation) {
        long products = 2L * operation.iterations() + 1;
        long columns = operation.a().columns();
        flops += 2 * products * operation.a().size();
        flops += 3 * operation.iterations() * columns;
        flops += 2 * (columns + operation.a().rows());
        bytes += (products - 1) * Float.BYTES * operation.a().size() + Double.BYTES;
        read.add(operation.a());
        keep(operation.x());
        write(operation.step());
    }

    @Override
    public void copy(Copy operation) {
        read.add(operation.from());
        written.add(operation.to());
    }

    /** Without the checks. State that stays on the chip is read and written once. */
    @Override
    public void tvPdhg(TvPdhg operation) {
        int primal = operation.data() instanceof TvPdhg.Denoise ? 3 + 2 + 2 + 1 : 3 + 2 + 2;
        int dual = 3 + 2 + 4 + (operation.isotropic() ? 7 : 2);
        flops += (long) operation.iterations() * operation.x().size() * (primal + dual);
        keep(operation.x());
        keep(operation.z());
        keep(operation.state());
        if (operation.data() instanceof TvPdhg.Penalty penalty) {
            long outputs = penalty.target().size();
            long images = operation.x().rows();
            flops += operation.iterations() * (outputs * (4L * penalty.grid().patchSize() + 4)
                    + images * penalty.grid().patches() * penalty.grid().patchSize());
            read.add(penalty.weights());
            read.add(penalty.bias());
            read.add(penalty.target());
        } else {
            read.add(operation.constant());
        }
    }

    @Override
    public void unfold(Unfold operation) {
        read.add(operation.images());
        written.add(operation.patches());
    }

    /** As many additions as there are numbers in patches, those outside the image among them. */
    @Override
    public void fold(Fold operation) {
        flops += operation.patches().size();
        read.add(operation.patches());
        written.add(operation.images());
    }
}
