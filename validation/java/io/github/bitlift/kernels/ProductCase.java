package io.github.bitlift.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.kernels.EmulatedKernels.Operand;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One block row of a product with all its values: run by the reference, put on the device, compared. */
final class ProductCase {
    /** The size of ProductRow of kernels/product_row.cuh. */
    static final int BYTES = 128;

    private static final float FACTOR = 1f / 3;
    private static final float ADDEND_FACTOR = -0.3f;
    private static final float MU = 0.7f;
    private static final float ANCHOR_WEIGHT = 0.01f;

    /** Which way the operands lie. */
    enum Layout { NT, NN, TN }

    /** In the order of Epilogue in product_row.cuh. */
    enum Kind { SCALE, BIAS, ACTIVATE, RESIDUAL, PULLBACK }

    /** What a row may have beside its epilogue. */
    enum Extra { ADDEND, KEEP, PULL, SMOOTH_RIDGE, STEP, ANCHOR, PROXIMAL, RIDGE, NO_OUT }

    /** In the order in which ProductRow and UpdateStep name them. */
    private enum Name {
        LEFT, RIGHT, ADDEND, BIAS, OTHER, PREACTIVATION, PULL, OUT, X, FIRST, SECOND, COEFFICIENTS, ANCHOR;

        boolean isOfRow() {
            return compareTo(OUT) <= 0;
        }
    }

    private static final Set<Name> RESULTS =
            EnumSet.of(Name.PREACTIVATION, Name.PULL, Name.OUT, Name.X, Name.FIRST, Name.SECOND);

    private final Layout layout;
    private final Kind kind;
    private final int rows;
    private final int columns;
    private final int depth;
    private final ProxMap map;
    private final Update.Rule rule;
    private final List<Extra> extras;
    private final Map<Name, float[]> values = new EnumMap<>(Name.class);
    private final Map<Name, Operand> operands = new EnumMap<>(Name.class);

    /** A row with drawn values; {@code map} and {@code rule} may be null where nothing needs them. */
    ProductCase(Values source, int rarity, Layout layout, Kind kind, int[] shape, ProxMap map, Update.Rule rule,
            Extra... extras) {
        this.layout = layout;
        this.kind = kind;
        rows = shape[0];
        columns = shape[1];
        depth = shape[2];
        this.map = map;
        this.rule = rule;
        this.extras = List.of(extras);
        draw(source, rarity);
    }

    /** The same values for all elements of the two factors. */
    ProductCase factors(float left, float right) {
        Arrays.fill(values.get(Name.LEFT), left);
        Arrays.fill(values.get(Name.RIGHT), right);
        return this;
    }

    private void draw(Values source, int rarity) {
        int n = rows * columns;
        values.put(Name.LEFT, source.draw(rows * depth, rarity));
        values.put(Name.RIGHT, source.draw(columns * depth, rarity));
        boolean affine = kind == Kind.BIAS || kind == Kind.ACTIVATE || kind == Kind.RESIDUAL;
        List<Name> more = new ArrayList<>();
        addIf(more, !has(Extra.NO_OUT), Name.OUT);
        addIf(more, has(Extra.ADDEND), Name.ADDEND);
        addIf(more, has(Extra.KEEP), Name.PREACTIVATION);
        addIf(more, has(Extra.PULL), Name.PULL);
        addIf(more, kind == Kind.RESIDUAL || kind == Kind.PULLBACK || has(Extra.PULL), Name.OTHER);
        addIf(more, has(Extra.STEP), Name.X);
        addIf(more, has(Extra.STEP) && !(rule instanceof Update.Gradient), Name.FIRST);
        addIf(more, has(Extra.ANCHOR), Name.ANCHOR);
        more.forEach(name -> values.put(name, source.draw(n, rarity)));
        if (affine) {
            values.put(Name.BIAS, source.draw(columns, rarity));
        }
        if (has(Extra.STEP)) {
            values.put(Name.COEFFICIENTS, new float[] {0.3f, 0.004f, 700f});
        }
        if (has(Extra.STEP) && rule instanceof Update.Adam) {
            values.put(Name.SECOND, source.drawSquares(n, rarity));
        }
    }

    private static void addIf(List<Name> names, boolean present, Name name) {
        if (present) {
            names.add(name);
        }
    }

    private boolean has(Extra extra) {
        return extras.contains(extra);
    }

    int tiles(int tileRows, int tileColumns) {
        return (rows + tileRows - 1) / tileRows * ((columns + tileColumns - 1) / tileColumns);
    }

    /** Puts all operands on the device, the {@code misaligned}-th one number past a multiple of 16 bytes. */
    void upload(EmulatedKernels kernels, int misaligned) {
        values.forEach((name, v) -> operands.put(name, kernels.floats(v, name.ordinal() == misaligned ? 1 : 0)));
    }

    /** The row as the device reads it; {@code step} is where {@link #writeStep} put the step. */
    void write(ByteBuffer to, int firstTile, long step) {
        for (Name name : Name.values()) {
            if (name.isOfRow()) {
                to.putLong(address(name));
            }
        }
        to.putLong(has(Extra.STEP) ? step : 0).putInt(rows).putInt(columns).putInt(depth).putInt(firstTile);
        to.putInt(kind.ordinal()).putInt(has(Extra.SMOOTH_RIDGE) ? 1 : 0);
        to.putInt(has(Extra.PROXIMAL) ? 1 : 0).putFloat(FACTOR).putFloat(ADDEND_FACTOR).putFloat(MU);
        for (float parameter : parameters()) {
            to.putFloat(parameter);
        }
        to.putInt(0).putInt(0);
    }

    private float[] parameters() {
        return map == null ? new float[2] : Arrays.copyOf(map.parameters(), 2);
    }

    /** The step; what a product doesn't read is left 0. */
    void writeStep(ByteBuffer to) {
        long[] at = {address(Name.X), 0, address(Name.FIRST), address(Name.SECOND), address(Name.COEFFICIENTS),
            address(Name.ANCHOR)};
        StepWriter.write(to, at, 0, 0, rule, ANCHOR_WEIGHT, proximal());
    }

    private Update.Proximal proximal() {
        return has(Extra.PROXIMAL) ? new Update.Proximal(map, MU, has(Extra.RIDGE)) : null;
    }

    private long address(Name name) {
        return operands.containsKey(name) ? operands.get(name).address() : 0;
    }

    /** Fails where the device's results differ from the reference's in a bit, or an operand or guard cell has changed. */
    void compare(String kernel) {
        Map<Name, float[]> expected = expected();
        operands.forEach((name, operand) -> {
            if (!RESULTS.contains(name)) {
                operand.requireUnchanged(this + ", " + name);
            } else {
                float[] actual = operand.toFloats();
                int at = Values.mismatch(expected.get(name), actual);
                assertThat(at).as("%s, %s: %s at %s is %s, expected %s", kernel, this, name, at,
                        at < 0 ? 0 : actual[at], at < 0 ? 0 : expected.get(name)[at]).isEqualTo(-1);
            }
        });
    }

    private Map<Name, float[]> expected() {
        try (Backend backend = new ReferenceBackend()) {
            Map<Name, Matrix> matrices = new EnumMap<>(Name.class);
            values.forEach((name, v) -> matrices.put(name, Values.matrix(backend, height(name), width(name), v)));
            // The reference keeps what BIAS asks for as the pre-activation.
            if (kind == Kind.BIAS) {
                matrices.computeIfAbsent(Name.PREACTIVATION,
                        name -> Values.matrix(backend, rows, columns, new float[rows * columns]));
            }
            backend.compile(List.of(Product.of(row(matrices)))).run();
            if (kind == Kind.BIAS) {
                matrices.put(Name.OUT, matrices.get(Name.PREACTIVATION));
            }
            Map<Name, float[]> results = new EnumMap<>(Name.class);
            matrices.forEach((name, matrix) -> results.put(name, matrix.toArray()));
            return results;
        }
    }

    private int height(Name name) {
        return switch (name) {
            case LEFT -> layout == Layout.TN ? depth : rows;
            case RIGHT -> layout == Layout.NT ? columns : depth;
            case BIAS, COEFFICIENTS -> 1;
            default -> rows;
        };
    }

    private int width(Name name) {
        return switch (name) {
            case LEFT -> layout == Layout.TN ? rows : depth;
            case RIGHT -> layout == Layout.NT ? depth : columns;
            case COEFFICIENTS -> 3;
            default -> columns;
        };
    }

    private Product.Row row(Map<Name, Matrix> m) {
        List<Product.Term> terms = new ArrayList<>();
        if (has(Extra.ADDEND)) {
            terms.add(new Product.Scaled(ADDEND_FACTOR, m.get(Name.ADDEND)));
        }
        terms.add(new Product.Dense(m.get(Name.LEFT), layout == Layout.TN, m.get(Name.RIGHT), layout == Layout.NT));
        return new Product.Row(m.get(Name.OUT), terms, epilogue(m), has(Extra.STEP) ? step(m) : null);
    }

    private Epilogue epilogue(Map<Name, Matrix> m) {
        ProxMap sigma = kind == Kind.BIAS ? new Identity() : map;
        if (kind == Kind.SCALE) {
            return new Epilogue.Scale(FACTOR);
        } else if (kind == Kind.PULLBACK) {
            return new Epilogue.Pullback(sigma, m.get(Name.OTHER));
        } else if (kind == Kind.RESIDUAL || has(Extra.PULL)) {
            return new Epilogue.Residual(m.get(Name.BIAS), sigma, m.get(Name.OTHER), MU, m.get(Name.PREACTIVATION),
                    m.get(Name.PULL), has(Extra.SMOOTH_RIDGE));
        }
        return new Epilogue.Activate(m.get(Name.BIAS), sigma, m.get(Name.PREACTIVATION));
    }

    private Update.Step step(Map<Name, Matrix> m) {
        return new Update.Step(rule, m.get(Name.X), m.get(Name.OUT), m.get(Name.FIRST), m.get(Name.SECOND),
                m.get(Name.COEFFICIENTS), has(Extra.ANCHOR) ? new Update.Anchor(m.get(Name.ANCHOR), ANCHOR_WEIGHT) : null,
                proximal());
    }

    @Override
    public String toString() {
        return layout + " " + kind + " [" + rows + ", " + columns + ", " + depth + "] " + map + " " + rule + " " + extras;
    }
}
