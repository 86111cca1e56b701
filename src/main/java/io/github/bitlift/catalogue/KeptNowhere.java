package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Update;
import io.github.bitlift.catalogue.ProductCases.Layout;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.SoftThreshold;
import java.util.ArrayList;
import java.util.List;

/** Block rows without an output: the result is the gradient of the step behind it and nothing else. */
final class KeptNowhere {
    private KeptNowhere() {}

    /** The step without a gradient of its own. */
    static Update.Step without(Update.Step step) {
        return new Update.Step(step.rule(), step.x(), null, step.first(), step.second(), step.coefficients(), step.anchor(),
                step.proximal());
    }

    /**
     * Every epilogue in front of a step, in all layouts, with one term and several.
     *
     * @param rule of all steps
     * @param map of epilogues and proximal parts; null for steps without one
     */
    static List<Product.Row> rows(Setup s, Update.Rule rule, ProxMap map, Fill fill) {
        ProxMap sigma = map == null ? new SoftThreshold(0.2f) : map;
        int n = MapCases.width(sigma, 64);
        int odd = MapCases.width(sigma, 37);
        Update.Proximal plain = map == null ? null : new Update.Proximal(map, 0.5f, false);
        Update.Proximal ridge = map == null ? null : new Update.Proximal(map, 0.5f, true);
        List<Product.Row> rows = new ArrayList<>(List.of(
                row(s, Layout.ADJOINT, 30, new Epilogue.Add(s.matrix(33, odd, fill)),
                        UpdateCases.step(s, rule, 33, odd, false, plain, fill), fill),
                row(s, Layout.ADJOINT, 1030, new Epilogue.Add(s.matrix(9, n, fill)),
                        UpdateCases.step(s, rule, 9, n, true, ridge, fill), fill),
                row(s, Layout.GRADIENT, 7, new Epilogue.Scale(0.3f),
                        UpdateCases.step(s, rule, 34, n, false, plain, fill), fill),
                row(s, Layout.ADJOINT, 17, new Epilogue.Pullback(sigma, s.matrix(20, n, fill)),
                        UpdateCases.step(s, rule, 20, n, true, plain, fill), fill),
                row(s, Layout.FORWARD, 5, new Epilogue.Activate(s.matrix(1, odd, fill), sigma, null),
                        UpdateCases.step(s, rule, 21, odd, false, ridge, fill), fill),
                row(s, Layout.FORWARD, 12, residual(s, sigma, 8, n, fill),
                        UpdateCases.step(s, rule, 8, n, false, plain, fill), fill)));
        rows.addAll(severalTerms(s, rule, n, plain, fill));
        return rows;
    }

    private static Product.Row row(Setup s, Layout layout, int depth, Epilogue epilogue, Update.Step step, Fill fill) {
        return new Product.Row(List.of(layout.term(s, step.x().rows(), step.x().columns(), depth, fill)), epilogue,
                without(step));
    }

    private static Epilogue residual(Setup s, ProxMap sigma, int rows, int columns, Fill fill) {
        return new Epilogue.Residual(s.matrix(1, columns, fill), sigma, s.matrix(rows, columns, fill), 0.7f,
                s.matrix(rows, columns, Fill.NORMAL), s.matrix(rows, columns, Fill.NORMAL), true);
    }

    /** Sums that one kernel can make, and sums that it can't; no elements. */
    private static List<Product.Row> severalTerms(Setup s, Update.Rule rule, int n, Update.Proximal proximal, Fill fill) {
        Update.Step[] steps = new Update.Step[4];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = without(UpdateCases.step(s, rule, i == 3 ? 0 : 10, n, false, proximal, fill));
        }
        return List.of(
                new Product.Row(
                        List.of(new Product.Scaled(-1f, s.matrix(10, n, fill)), Layout.ADJOINT.term(s, 10, n, 15, fill)),
                        new Epilogue.Add(s.matrix(10, n, fill)), steps[0]),
                new Product.Row(
                        List.of(Layout.ADJOINT.term(s, 10, n, 20, fill), Layout.ADJOINT.term(s, 10, n, 3, fill)),
                        new Epilogue.Add(s.matrix(10, n, fill)), steps[1]),
                new Product.Row(List.of(new Product.Scaled(0.3f, s.matrix(10, n, fill))),
                        new Epilogue.Add(s.matrix(10, n, fill)), steps[2]),
                new Product.Row(List.of(Layout.ADJOINT.term(s, 0, n, 4, fill)), new Epilogue.Add(s.matrix(0, n, fill)),
                        steps[3]));
    }

    /** The step on auxiliary variables in training, on as many rows. */
    static Product.Row adjoint(Setup s, Update.Rule rule, int rows, int columns, Update.Proximal proximal) {
        return row(s, Layout.ADJOINT, 45, new Epilogue.Add(s.matrix(rows, columns, Fill.NORMAL)),
                UpdateCases.step(s, rule, rows, columns, false, proximal, Fill.NORMAL), Fill.NORMAL);
    }
}
