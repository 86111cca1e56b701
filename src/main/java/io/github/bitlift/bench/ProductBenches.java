package io.github.bitlift.bench;

import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Update;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.SoftThreshold;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Products in the three layouts, all layers of a net in one operation, with the epilogues that training uses. */
final class ProductBenches {
    private static final int[] SAMPLES = {100, 512, 5000};
    private static final ProxMap SIGMA = new SoftThreshold(0.02f);
    private static final float MU = 5e-3f;

    private ProductBenches() {}

    /** One block row: layer {@code j} on {@code samples} samples. */
    private interface Row {
        Product.Row of(Operands operands, int samples, int in, int out);
    }

    static void addTo(List<BenchCase> cases) {
        for (Net net : Net.ALL) {
            for (int samples : SAMPLES) {
                add(cases, "forward", net, samples, "plain", ProductBenches::forward);
                add(cases, "forward", net, samples, "activate", ProductBenches::activate);
                add(cases, "forward", net, samples, "residual", ProductBenches::residual);
                add(cases, "adjoint", net, samples, "plain", ProductBenches::adjoint);
                add(cases, "adjoint", net, samples, "pullback", ProductBenches::pullback);
                add(cases, "adjoint", net, samples, "adam", ProductBenches::adam);
                add(cases, "gradient", net, samples, "plain", ProductBenches::gradient);
            }
        }
    }

    private static void add(List<BenchCase> cases, String layout, Net net, int samples, String epilogue, Row row) {
        String name = String.join("/", "product", layout, net.name(), Integer.toString(samples), epilogue);
        cases.add(BenchCase.of(name, samples, operands -> {
            List<Product.Row> rows = new ArrayList<>();
            IntStream.range(0, net.layers()).forEach(j -> rows.add(row.of(operands, samples, net.in(j), net.out(j))));
            return List.of(new Product(rows));
        }));
    }

    private static List<Product.Term> through(Operands operands, int samples, int in, int out) {
        return List.of(Product.Dense.forward(operands.normal(samples, in), operands.normal(out, in, 0.03f)));
    }

    private static List<Product.Term> back(Operands operands, int samples, int in, int out) {
        return List.of(Product.Dense.adjoint(operands.normal(samples, out), operands.normal(out, in, 0.03f)));
    }

    private static Product.Row forward(Operands operands, int samples, int in, int out) {
        return new Product.Row(
                operands.zeros(samples, out), through(operands, samples, in, out), new Epilogue.Scale(1f));
    }

    private static Product.Row activate(Operands operands, int samples, int in, int out) {
        return new Product.Row(
                operands.zeros(samples, out),
                through(operands, samples, in, out),
                new Epilogue.Activate(operands.normal(1, out), SIGMA, null));
    }

    private static Product.Row residual(Operands operands, int samples, int in, int out) {
        return new Product.Row(
                operands.zeros(samples, out),
                through(operands, samples, in, out),
                new Epilogue.Residual(
                        operands.normal(1, out), SIGMA, operands.normal(samples, out), MU, null,
                        operands.zeros(samples, out), true));
    }

    private static Product.Row adjoint(Operands operands, int samples, int in, int out) {
        return new Product.Row(operands.zeros(samples, in), back(operands, samples, in, out), new Epilogue.Scale(1f));
    }

    private static Product.Row pullback(Operands operands, int samples, int in, int out) {
        return new Product.Row(
                operands.zeros(samples, in),
                back(operands, samples, in, out),
                new Epilogue.Pullback(SIGMA, operands.normal(samples, in)));
    }

    /** The step on auxiliary variables: what pulls them is added, then Adam and the prox map follow; no gradient is kept. */
    private static Product.Row adam(Operands operands, int samples, int in, int out) {
        Matrix pull = operands.normal(samples, in);
        Update.Step step = UpdateBenches.step(
                operands, UpdateBenches.ADAM, operands.normal(samples, in), null, new Update.Proximal(SIGMA, MU, false));
        return new Product.Row(back(operands, samples, in, out), new Epilogue.Add(pull), step);
    }

    private static Product.Row gradient(Operands operands, int samples, int in, int out) {
        return new Product.Row(
                operands.zeros(out, in),
                List.of(Product.Dense.gradient(operands.normal(samples, out), operands.normal(samples, in))),
                new Epilogue.Scale(1f / samples));
    }
}
