package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.cuda.RowTask.Layout;
import io.github.bitlift.backend.cuda.RowTasks.Sum;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Separable;

/**
 * What happens to a block row's finished sum: in the product's own kernel where there is one, else in kernels that follow it
 * on the output, or on scratch memory where there is none, in the reference's order. There are fused kernels of every separable prox map for the epilogues of U·Wᵀ and
 * R·W that training needs ({@code kernels/product_epilogue.cuh}), and of no map for scaling and biases.
 */
final class EpiloguePlan {
    private final RowTasks tasks;
    private final Product.Row row;
    EpiloguePlan(RowTasks tasks, Product.Row row) {
        this.tasks = tasks;
        this.row = row;
    }

    /**
     * Adds the tasks.
     *
     * @param sum that needs nothing but its epilogue
     */
    void add(Sum sum) {
        Epilogue epilogue = row.epilogue();
        if (epilogue instanceof Epilogue.Scale scale) {
            sum.row().scale(scale.factor());
            linear(sum);
        } else if (epilogue instanceof Epilogue.Add add) {
            Sum complete = sum.row().hasAddend() ? tasks.settled(sum) : sum;
            complete.row().addend(tasks.at("addend", add.addend()), 1f);
            linear(complete);
        } else if (epilogue instanceof Epilogue.Activate activate) {
            activate(sum, activate);
        } else if (epilogue instanceof Epilogue.Residual residual) {
            residual(sum, residual);
        } else {
            pullback(sum, (Epilogue.Pullback) epilogue);
        }
    }

    /** Scale and Add: the step's prox map decides which kernel. */
    private void linear(Sum sum) {
        ProxMap map = row.then() == null || row.then().proximal() == null ? null : row.then().proximal().map();
        finish(isFused(map, sum.layout(), Layout.NN) ? map.stem() : "", sum);
    }

    private void activate(Sum sum, Epilogue.Activate activate) {
        ProxMap sigma = activate.sigma();
        sum.row().affine(tasks.at("bias", activate.bias()), tasks.at("pre-activation", activate.preactivation()));
        Value out = result();
        if (isFused(sigma, sum.layout(), Layout.NT)) {
            sum.row().activate(sigma, tasks.plan().operands());
            tasks.add(sigma.stem(), sum, out);
        } else {
            tasks.add("", sum, out);
            map(Elementwise.Kind.ACTIVATE, sigma, 0f, out, Value.NULL, out);
        }
        step(out);
    }

    private void residual(Sum sum, Epilogue.Residual residual) {
        ProxMap sigma = residual.sigma();
        Value u = tasks.at("target", residual.target());
        sum.row().affine(tasks.at("bias", residual.bias()), tasks.at("pre-activation", residual.preactivation()));
        if (residual.pull() != null) {
            sum.row().pull(tasks.at("pull", residual.pull()), u, residual.mu(), residual.smoothRidge());
        }
        Value out = result();
        if (isFused(sigma, sum.layout(), Layout.NT)) {
            sum.row().residual(sigma, u, residual.mu(), tasks.plan().operands());
            tasks.add(sigma.stem(), sum, out);
        } else {
            tasks.add("", sum, out);
            map(Elementwise.Kind.RESIDUAL, sigma, residual.mu(), out, u, out);
        }
        step(out);
    }

    private void pullback(Sum sum, Epilogue.Pullback pullback) {
        ProxMap sigma = pullback.sigma();
        Value v = tasks.at("pre-activation", pullback.preactivation());
        if (isFused(sigma, sum.layout(), Layout.NN)) {
            sum.row().pullback(sigma, v, tasks.plan().operands());
            finish(sigma.stem(), sum);
        } else {
            Value out = result();
            tasks.add("", sum, out);
            map(Elementwise.Kind.PULLBACK, sigma, 0f, v, out, out);
            step(out);
        }
    }

    private void map(Elementwise.Kind kind, ProxMap map, float weight, Value v, Value w, Value to) {
        tasks.add(new RowTask.Mapped(map, kind, weight, tasks.rows(), tasks.columns(), v, w, to));
    }

    /** Whether the product's kernel has the map's epilogue: one with the layout {@code only}, of a separable map. */
    private static boolean isFused(ProxMap map, Layout layout, Layout only) {
        return map instanceof Separable && layout == only;
    }

    /** Adds the last kernel, with the step in it where it has the step's prox map. */
    private void finish(String stem, Sum sum) {
        Update.Step then = row.then();
        boolean proximal = then != null && then.proximal() != null;
        if (then != null && (!proximal || then.proximal().map().stem().equals(stem))) {
            sum.row().step(tasks.descriptor(Updates.struct(tasks.plan(), then, Value.NULL)), proximal);
            tasks.add(stem, sum, tasks.at("output", row.out()));
        } else {
            Value out = result();
            tasks.add(stem, sum, out);
            step(out);
        }
    }

    /** Where the result goes for other kernels to read. */
    private Value result() {
        return row.out() == null ? tasks.scratch(row.size()) : tasks.at("output", row.out());
    }

    private void step(Value gradient) {
        if (row.then() != null) {
            tasks.add(new RowTask.Stepped(row.then(), gradient));
        }
    }
}
