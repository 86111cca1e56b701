package io.github.bitlift.catalogue;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.prox.ProxMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cases drawn at random: case i of a seed is a function of seed and i alone, so that one that fails can be repeated by
 * itself. Operations, shapes, parameters, values and permitted aliasing are drawn; a fifth of the cases are programs of
 * several operations that work on each other's results.
 */
public final class Fuzz {
    private static final int MOST_OPERATIONS = 5;
    private static final int MOST_REDUCTIONS = 6;

    /** What is drawn, and how often in 100. */
    private enum Kind {
        PRODUCT(27), ELEMENTWISE(14), UPDATE(12), REDUCE(8), COLUMN_SUM(5), POWER_ITERATION(4), COPY(1), UNFOLD(2),
        FOLD(2), CONVOLUTION(2), TV_PDHG(3), PROGRAM(20);

        private final int share;

        Kind(int share) {
            this.share = share;
        }

        static Kind of(Draw draw) {
            int at = draw.below(100);
            for (Kind kind : values()) {
                at -= kind.share;
                if (at < 0) {
                    return kind;
                }
            }
            throw new AssertionError("shares add up to 100");
        }
    }

    private final Setup setup;
    private final Draw draw;
    private final FuzzOperands operands;
    private final FuzzUpdates updates;
    private final FuzzProducts products;
    private final FuzzConvolutions convolutions;
    private final FuzzTv tv;

    private Fuzz(Setup setup, Draw draw) {
        this.setup = setup;
        this.draw = draw;
        this.operands = new FuzzOperands(setup, draw);
        this.updates = new FuzzUpdates(draw, operands);
        this.products = new FuzzProducts(draw, operands, updates);
        this.convolutions = new FuzzConvolutions(draw, operands, updates);
        this.tv = new FuzzTv(draw, operands, convolutions);
    }

    /**
     * Case {@code index} of a seed.
     *
     * @param seed any value
     * @param index any value
     */
    public static Case draw(long seed, long index) {
        Draw first = new Draw(seed, index);
        String operation = Kind.of(first).name().toLowerCase(Locale.ROOT);
        return new Case(operation, "seed " + seed + ", case " + index, first.seed(), setup -> {
            Draw again = new Draw(seed, index);
            Kind kind = Kind.of(again);
            again.seed();
            new Fuzz(setup, again).build(kind);
        });
    }

    private void build(Kind kind) {
        if (kind != Kind.PROGRAM) {
            add(kind);
            return;
        }
        draw.settle();
        int count = 2 + draw.below(MOST_OPERATIONS - 1);
        for (int i = 0; i < count; i++) {
            Kind next = Kind.of(draw);
            add(next == Kind.PROGRAM ? Kind.PRODUCT : next);
            operands.nextOperation();
        }
    }

    /** Reductions come in rows, as objectives have them, with slots in common. */
    private void add(Kind kind) {
        if (kind != Kind.REDUCE) {
            setup.run(operation(kind));
            return;
        }
        int count = 1 + draw.below(MOST_REDUCTIONS);
        int slots = 1 + draw.below(2 * count);
        Sums into = setup.sums(slots);
        for (int i = 0; i < count; i++) {
            setup.run(reduce(into, draw.below(slots)));
        }
    }

    private Operation operation(Kind kind) {
        return switch (kind) {
            case PRODUCT -> products.product();
            case ELEMENTWISE -> elementwise();
            case UPDATE -> update();
            case COLUMN_SUM -> columnSum();
            case POWER_ITERATION -> powerIteration();
            case COPY -> copy();
            case UNFOLD -> convolutions.unfold();
            case FOLD -> convolutions.fold();
            case CONVOLUTION -> convolutions.product();
            case TV_PDHG -> tv.operation();
            case REDUCE, PROGRAM -> throw new AssertionError(kind + " is more than an operation");
        };
    }

    private Elementwise elementwise() {
        ProxMap map = draw.map();
        Elementwise.Kind kind = draw.oneOf(List.of(Elementwise.Kind.values()));
        int columns = MapCases.width(map, draw.width());
        int rows = draw.rows(columns);
        Fill fill = draw.fill();
        boolean pair = kind == Elementwise.Kind.RESIDUAL || kind == Elementwise.Kind.PULLBACK;
        int place = draw.below(4);
        Matrix out = operands.output(rows, columns, fill);
        Matrix v = place == 0 ? out : operands.input(rows, columns, fill);
        Matrix w = !pair ? null : place == 1 ? out : operands.input(rows, columns, fill);
        return new Elementwise(kind, map, draw.coefficient(), v, w, out);
    }

    private Update update() {
        List<Update.Step> steps = new ArrayList<>();
        int count = 1 + draw.below(4);
        for (int i = 0; i < count; i++) {
            steps.add(updates.step());
        }
        return new Update(steps);
    }

    private Reduce reduce(Sums into, int slot) {
        Reduce.Kind kind = draw.oneOf(List.of(Reduce.Kind.values()));
        boolean bregman = kind == Reduce.Kind.POTENTIAL || kind == Reduce.Kind.CONJUGATE || kind == Reduce.Kind.PENALTY;
        ProxMap map = bregman ? draw.map() : null;
        int columns = bregman ? MapCases.width(map, draw.width()) : draw.size();
        int rows = draw.rows(columns);
        Fill fill = draw.fill();
        Matrix a = operands.input(rows, columns, fill);
        Matrix b = kind.isPair() ? operands.input(rows, columns, fill) : null;
        return new Reduce(kind, a, b, map, into, slot);
    }

    private ColumnSum columnSum() {
        List<ColumnSum.Entry> entries = new ArrayList<>();
        int count = 1 + draw.below(4);
        for (int i = 0; i < count; i++) {
            int columns = draw.size();
            entries.add(new ColumnSum.Entry(
                    operands.input(draw.depth(columns), columns, draw.fill()), operands.output(1, columns), draw.factor()));
        }
        return new ColumnSum(entries);
    }

    private PowerIteration powerIteration() {
        int columns = draw.size();
        int rows = draw.rows(columns);
        Fill fill = draw.fill();
        Matrix step = draw.chance(50) ? operands.output(1, 1) : null;
        return new PowerIteration(
                operands.input(rows, columns, fill), operands.output(1, columns, fill), operands.output(1, rows),
                draw.below(4), setup.sums(2), draw.below(2), step, draw.positive(), draw.positive(), draw.positive());
    }

    private Copy copy() {
        int columns = draw.size();
        int rows = draw.rows(columns);
        return new Copy(operands.input(rows, columns, draw.fill()), operands.output(rows, columns));
    }
}
