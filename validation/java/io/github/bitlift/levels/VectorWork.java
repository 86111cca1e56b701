package io.github.bitlift.levels;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.Update;
import io.github.bitlift.network.Initialisation;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.BlockCoordinateDescent;
import io.github.bitlift.solver.ConventionalTraining;
import io.github.bitlift.solver.ImplicitStochasticGradient;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.Pairs;
import io.github.bitlift.solver.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Seeded work for every class of the CPU backend that uses vectors, each piece to be run again and again. */
final class VectorWork {
    private static final int FEW = 24;
    private static final int MANY = 200;
    private static final int COLUMNS = 160;
    private static final int DEPTH = 80;
    /** More than one segment of a product. */
    private static final int LONG_DEPTH = 1_050;
    private static final int WIDTH = 64;
    private static final int SAMPLES = 96;
    private static final int SIDE = 28;
    /** Images of this side are shared out in bands. */
    private static final int LARGE_SIDE = 130;
    private static final float RHO = 0.1f;
    private static final float TAU = 0.3f;
    private static final double NEVER = Double.NEGATIVE_INFINITY;
    private static final Optimizer ADAM = Optimizer.fixed(Optimizer.Kind.ADAM, 1e-4);
    private static final Optimizer BY_NORMS =
            new Optimizer(Optimizer.Kind.PROXIMAL_GRADIENT, 1, Optimizer.StepSize.NORMS, 0);

    /**
     * A piece of work.
     *
     * @param name for messages
     * @param run does it
     */
    record Piece(String name, Runnable run) {}

    private final Backend backend;
    /** Small ones are cheap enough for an interpreter. */
    private final boolean small;
    private final List<Piece> pieces = new ArrayList<>();
    private long made;

    private VectorWork(Backend backend, boolean small) {
        this.backend = backend;
        this.small = small;
    }

    /** All pieces, on matrices of usual sizes or on small ones. */
    static List<Piece> on(Backend backend, boolean small) {
        VectorWork work = new VectorWork(backend, small);
        work.products();
        work.maps();
        work.updates();
        work.sums();
        work.totalVariation();
        work.steps();
        return work.pieces;
    }

    private void add(String name, Operation... operations) {
        Program program = backend.compile(List.of(operations));
        pieces.add(new Piece(name, program::run));
    }

    private int size(int usual) {
        return small ? Math.max(1, usual / 4) : usual;
    }

    private Matrix matrix(int rows, int columns) {
        Matrix matrix = Matrix.of(backend.allocate((long) rows * columns), rows, columns);
        matrix.write(normals(rows * columns));
        return matrix;
    }

    private float[] normals(int count) {
        float[] values = new float[count];
        new Philox(1, made++).normals(values);
        return values;
    }

    private void products() {
        for (boolean left : new boolean[] {false, true}) {
            for (boolean right : new boolean[] {false, true}) {
                for (int rows : new int[] {FEW, MANY}) {
                    product(left, right, rows, size(DEPTH));
                }
                product(left, right, FEW, small ? DEPTH : LONG_DEPTH);
            }
        }
    }

    private void product(boolean left, boolean right, int rows, int depth) {
        int m = size(rows);
        int n = size(COLUMNS);
        Matrix a = left ? matrix(depth, m) : matrix(m, depth);
        Matrix b = right ? matrix(n, depth) : matrix(depth, n);
        String name = "product " + (left ? "T" : "N") + (right ? "T" : "N") + " " + m + "x" + n + "x" + depth;
        add(name, Product.of(new Product.Row(
                matrix(m, n), List.of(new Product.Dense(a, left, b, right)), new Epilogue.Scale(0.5f))));
    }

    private void maps() {
        for (ProxMap map : List.of(new Relu(), new SoftThreshold(0.3f))) {
            for (Elementwise.Kind kind : Elementwise.Kind.values()) {
                boolean pair = kind == Elementwise.Kind.RESIDUAL || kind == Elementwise.Kind.PULLBACK;
                Matrix v = matrix(size(SAMPLES), size(WIDTH));
                Matrix w = pair ? matrix(size(SAMPLES), size(WIDTH)) : null;
                add(kind.name().toLowerCase(Locale.ROOT) + " " + map.stem(), new Elementwise(kind, map, 0.5f, v, w, matrix(size(SAMPLES), size(WIDTH))));
            }
        }
    }

    private void updates() {
        Update.Rule[] rules = {
            new Update.Gradient(), Update.HeavyBall.of(0.9), Update.Nesterov.of(0.9), Update.Adam.of(0.9, 0.999, 1e-8)
        };
        for (Update.Rule rule : rules) {
            int m = size(SAMPLES);
            int n = size(WIDTH);
            Matrix coefficients = matrix(1, 3);
            coefficients.write(new float[] {1e-3f, 1e-3f, 1f});
            Matrix second = matrix(m, n);
            second.write(new float[m * n]);
            Update.Step step = new Update.Step(rule, matrix(m, n), matrix(m, n), matrix(m, n), second, coefficients,
                    new Update.Anchor(matrix(m, n), 0.1f), new Update.Proximal(new SoftThreshold(0.1f), 0.5f, true));
            add("update " + rule.getClass().getSimpleName(), new Update(List.of(step)));
        }
    }

    private void sums() {
        Matrix a = matrix(size(MANY), size(WIDTH));
        Matrix b = matrix(size(MANY), size(WIDTH));
        add("column sum", new ColumnSum(List.of(new ColumnSum.Entry(a, matrix(1, size(WIDTH)), 0.1f))));
        add("reduce", new Reduce(Reduce.Kind.DOT, a, b, null, backend.allocateSums(1), 0));
        add("power iteration", new PowerIteration(
                a, matrix(1, size(WIDTH)), matrix(1, size(MANY)), 2, backend.allocateSums(1), 0, null, 1, 1, 0));
    }

    private void totalVariation() {
        for (boolean isotropic : new boolean[] {true, false}) {
            for (int side : new int[] {SIDE, LARGE_SIDE}) {
                int images = side == SIDE ? 3 : 1;
                int s = size(side);
                add("total variation " + (isotropic ? "isotropic " : "anisotropic ") + images + "x" + s + "x" + s,
                        tv(images, s, isotropic, new TvPdhg.Denoise(matrix(images, s * s)), 5));
            }
        }
        int s = size(SIDE);
        add("total variation explicit", tv(3, s, true, new TvPdhg.Explicit(matrix(3, s * s)), 1));
        PatchGrid grid = new PatchGrid(s, s, 1, 4, 2, 1);
        for (ProxMap map : List.of(new Relu(), new SoftThreshold(0.1f))) {
            Matrix weights = matrix(8, grid.patchSize());
            weights.write(new float[8 * grid.patchSize()]);
            add("total variation behind " + map.stem(), tv(2, s, true, new TvPdhg.Penalty(
                    grid, weights, matrix(1, 8), map, matrix(2, grid.patches() * 8)), 5));
        }
    }

    private TvPdhg tv(int images, int side, boolean isotropic, TvPdhg.Data data, int iterations) {
        int pixels = side * side;
        Matrix z = matrix(images, 2 * pixels);
        z.write(new float[2 * images * pixels]);
        Matrix state = matrix(images, TvPdhg.STATE);
        float[] values = new float[images * TvPdhg.STATE];
        for (int at = 0; at < values.length; at += TvPdhg.STATE) {
            values[at + TvPdhg.State.TAU.ordinal()] = TAU;
            values[at + TvPdhg.State.SIGMA.ordinal()] = 0.9f / (8 * TAU * RHO * RHO);
        }
        state.write(values);
        return new TvPdhg(side, side, isotropic, data, RHO, matrix(images, pixels), z, state, TvPdhg.Rule.FIXED, 4, NEVER,
                NEVER, iterations);
    }

    private void steps() {
        for (ProxMap map : List.of(new SoftThreshold(0.02f), new Relu())) {
            Trained lifted = new Trained(map);
            step("step of block-coordinate descent, " + map.stem(), new BlockCoordinateDescent(
                    backend, lifted.network, lifted.theta, lifted.pairs, new BlockCoordinateDescent.Options(
                            lifted.mu(), ADAM, ADAM, AuxiliaryStart.FORWARD, 6)));
            Trained implicit = new Trained(map);
            step("step of the implicit gradient, " + map.stem(), new ImplicitStochasticGradient(
                    backend, implicit.network, implicit.theta, implicit.batches(),
                    new ImplicitStochasticGradient.Options(implicit.mu(), BY_NORMS, 1, 100, 1.0)));
            Trained conventional = new Trained(map);
            step("step of back-propagation, " + map.stem(), new ConventionalTraining(
                    backend, conventional.network, conventional.theta, conventional.batches(), ADAM));
        }
    }

    private void step(String name, Trainer trainer) {
        pieces.add(new Piece(name, trainer::step));
    }

    /** A network and its data. */
    private final class Trained {
        private final int width = size(WIDTH);
        private final Parameters theta = new Parameters(backend, new int[] {width, width, width, width});
        private final Network network;
        private final Pairs pairs;

        Trained(ProxMap map) {
            Initialisation.glorotUniform(theta, 1);
            network = Mlp.of(theta, List.copyOf(Collections.nCopies(2, map)));
            int count = size(SAMPLES);
            pairs = new Pairs(normals(count * width), normals(count * width), count, width, width);
        }

        Batches batches() {
            return new Batches(pairs, pairs.count(), 1);
        }

        float[] mu() {
            float[] mu = new float[network.layers()];
            Arrays.fill(mu, 0.1f);
            return mu;
        }
    }
}
