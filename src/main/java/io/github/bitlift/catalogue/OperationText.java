package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Fold;
import io.github.bitlift.backend.Kernels;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.Unfold;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.prox.ProxMap;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a case consists of, for people who look into a difference. */
final class OperationText implements Kernels {
    private final StringBuilder text = new StringBuilder();

    private OperationText() {}

    static String of(Case which) {
        OperationText text = new OperationText();
        try (Backend backend = new ReferenceBackend(); Setup setup = new Setup(backend, which.seed())) {
            which.body().accept(setup);
            setup.operations().forEach(operation -> operation.on(text));
            return text.text + (setup.allAligned() ? "operands aligned" : "operands anywhere");
        }
    }

    @Override
    public void product(Product operation) {
        add("product", operation.rows().stream().map(OperationText::row).collect(Collectors.joining(" | ")));
    }

    private static String row(Product.Row row) {
        String terms = row.terms().stream().map(OperationText::term).collect(Collectors.joining(" + "));
        String shape = "[" + row.rows() + ", " + row.columns() + "]";
        return shape + (row.out() == null ? " not kept = " : " = ") + terms + ", " + epilogue(row.epilogue())
                + (row.then() == null ? "" : ", then " + step(row.then()));
    }

    private static String term(Product.Term term) {
        if (term instanceof Product.Dense dense) {
            return (dense.transposeLeft() ? "t" : "n") + (dense.transposeRight() ? "t" : "n") + " of depth " + dense.depth();
        }
        return term instanceof Product.Scaled scaled ? scaled.factor() + "*A"
                : "convolution " + term.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static String epilogue(Epilogue epilogue) {
        String name = epilogue.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        if (epilogue instanceof Epilogue.Scale scale) {
            return name + " " + scale.factor();
        }
        if (epilogue instanceof Epilogue.Activate activate) {
            return name + " " + map(activate.sigma());
        }
        if (epilogue instanceof Epilogue.Residual residual) {
            return name + " " + map(residual.sigma()) + " mu " + residual.mu();
        }
        return epilogue instanceof Epilogue.Pullback pullback ? name + " " + map(pullback.sigma()) : name;
    }

    private static String step(Update.Step step) {
        return step.rule().getClass().getSimpleName() + " " + step.x().shape()
                + (step.anchor() == null ? "" : " anchored")
                + (step.proximal() == null ? "" : " prox " + map(step.proximal().map())
                        + (step.proximal().ridge() ? " with ridge" : ""));
    }

    private static String map(ProxMap map) {
        return map.stem() + Arrays.toString(map.parameters());
    }

    @Override
    public void columnSum(ColumnSum operation) {
        add("column_sum", operation.entries().stream().map(entry -> entry.in().shape()).collect(Collectors.joining(" ")));
    }

    @Override
    public void update(Update operation) {
        add("update", operation.steps().stream().map(OperationText::step).collect(Collectors.joining(" | ")));
    }

    @Override
    public void elementwise(Elementwise operation) {
        add(operation.kind().name().toLowerCase(Locale.ROOT), map(operation.map()) + " " + operation.v().shape()
                + (operation.kind() == Elementwise.Kind.SCALED_PROX ? " tau " + operation.weight() : "")
                + (operation.out().equals(operation.v()) ? " in place" : ""));
    }

    @Override
    public void reduce(Reduce operation) {
        add(operation.kind().name().toLowerCase(Locale.ROOT),
                operation.a().shape() + (operation.map() == null ? "" : " " + map(operation.map())));
    }

    @Override
    public void powerIteration(PowerIteration operation) {
        add("power_iteration", operation.a().shape() + " x" + operation.iterations());
    }

    @Override
    public void copy(Copy operation) {
        Matrix from = operation.from();
        add("copy", from.shape() + " to " + operation.to().shape());
    }

    @Override
    public void tvPdhg(TvPdhg operation) {
        add("tv_pdhg", operation.x().rows() + " of " + operation.height() + "x" + operation.width() + " x"
                + operation.iterations() + " " + operation.rule().name().toLowerCase(Locale.ROOT)
                + (operation.isotropic() ? " isotropic " : " anisotropic ")
                + operation.data().getClass().getSimpleName().toLowerCase(Locale.ROOT) + ", weight " + operation.weight());
    }

    @Override
    public void unfold(Unfold operation) {
        add("unfold", operation.images().rows() + " of " + operation.grid().text());
    }

    @Override
    public void fold(Fold operation) {
        add("fold", operation.images().rows() + " of " + operation.grid().text());
    }

    private void add(String name, String what) {
        text.append(name).append(' ').append(what).append("; ");
    }
}
