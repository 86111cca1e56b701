package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.LearnedThreshold;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.prox.Identity;
import java.util.List;
import java.util.Locale;

/** Thresholds in memory, wherever an operation applies a prox map. */
final class LearnedCases {
    private static final String STEM = LearnedThreshold.STEM;
    private static final float[] THRESHOLDS = {0.3f, 0f, Float.MIN_VALUE, 5f};
    private static final int[][] SHAPES = {{1, 1}, {3, 33}, {2, 256}, {37, 111}, {140, 130}, {0, 5}};

    private LearnedCases() {}

    static void addTo(List<Case> cases) {
        for (float threshold : THRESHOLDS) {
            for (int[] shape : SHAPES) {
                for (Fill fill : List.of(Fill.NORMAL, Fill.SPECIAL)) {
                    String name = " " + threshold + " " + shape[0] + "x" + shape[1] + " " + fill;
                    for (Elementwise.Kind kind : Elementwise.Kind.values()) {
                        cases.add(new Case(STEM, kind.name().toLowerCase(Locale.ROOT) + name, s -> s.run(new Elementwise(
                                kind, map(s, threshold), 0.7f, operand(s, shape, fill), operand(s, shape, fill),
                                operand(s, shape, Fill.NORMAL)))));
                    }
                    cases.add(new Case(STEM, "products" + name, s -> products(s, map(s, threshold), shape, fill)));
                    cases.add(new Case(STEM, "forward products" + name, s -> forward(s, map(s, threshold), shape, fill)));
                    cases.add(new Case(STEM, "update" + name, s -> updates(s, map(s, threshold), shape, fill)));
                    cases.add(new Case(STEM, "reductions" + name, s -> reductions(s, map(s, threshold), shape, fill)));
                }
            }
        }
    }

    private static LearnedThreshold map(Setup s, float threshold) {
        return new LearnedThreshold(s.set(s.matrix(1, 1, Fill.NORMAL), threshold));
    }

    private static Matrix operand(Setup s, int[] shape, Fill fill) {
        return s.matrix(shape[0], shape[1], fill);
    }

    private static void products(Setup s, LearnedThreshold map, int[] shape, Fill fill) {
        Matrix left = s.matrix(shape[0], 45, Fill.NORMAL);
        List<Product.Term> terms = List.of(Product.Dense.adjoint(left, s.matrix(45, shape[1], fill)));
        Matrix bias = s.matrix(1, shape[1], Fill.NORMAL);
        s.run(new Product(List.of(
                new Product.Row(operand(s, shape, fill), terms, new Epilogue.Activate(bias, map, operand(s, shape, fill))),
                new Product.Row(operand(s, shape, fill), terms, new Epilogue.Residual(
                        bias, map, operand(s, shape, fill), 0.4f, null, operand(s, shape, fill), true)),
                new Product.Row(operand(s, shape, fill), terms, new Epilogue.Pullback(map, operand(s, shape, fill))))));
    }

    /** With a linear layer beside them, as networks have it. */
    private static void forward(Setup s, LearnedThreshold map, int[] shape, Fill fill) {
        List<Product.Term> terms =
                List.of(Product.Dense.forward(s.matrix(shape[0], 45, Fill.NORMAL), s.matrix(shape[1], 45, fill)));
        Matrix bias = s.matrix(1, shape[1], Fill.NORMAL);
        s.run(new Product(List.of(
                new Product.Row(operand(s, shape, fill), terms, new Epilogue.Activate(bias, map, operand(s, shape, fill))),
                new Product.Row(operand(s, shape, fill), terms, new Epilogue.Activate(bias, new Identity(), null)),
                new Product.Row(operand(s, shape, fill), terms, new Epilogue.Residual(
                        bias, map, operand(s, shape, fill), 0.4f, null, operand(s, shape, fill), false)))));
    }

    private static void updates(Setup s, LearnedThreshold map, int[] shape, Fill fill) {
        for (boolean ridge : new boolean[] {false, true}) {
            s.run(new Update(List.of(UpdateCases.step(s, UpdateCases.RULES.get(ridge ? 3 : 0), shape[0], shape[1], false,
                    new Update.Proximal(map, 0.8f, ridge), fill))));
        }
    }

    private static void reductions(Setup s, LearnedThreshold map, int[] shape, Fill fill) {
        List<Reduce.Kind> kinds = List.of(Reduce.Kind.POTENTIAL, Reduce.Kind.CONJUGATE, Reduce.Kind.PENALTY);
        Sums into = s.sums(kinds.size());
        Matrix a = operand(s, shape, fill);
        Matrix b = operand(s, shape, fill);
        for (Reduce.Kind kind : kinds) {
            s.run(new Reduce(kind, a, kind.isPair() ? b : null, map, into, kinds.indexOf(kind)));
        }
    }
}
