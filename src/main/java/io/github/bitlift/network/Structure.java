package io.github.bitlift.network;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.network.BlockOperator.Block;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a network is made of, for people: the blocks of K, M, V and W with their kinds, formulas and parameters.
 *
 * @param operators K, M, V, W
 * @param layers the block rows of W, with bias and activation
 * @param unknowns the blocks of u
 * @param output d
 */
public record Structure(List<Operator> operators, List<Layer> layers, List<Unknown> unknowns, Entry output) {

    /** What a block is. Blocks that aren't there are zero. */
    public enum Kind {
        /** The identity. */
        IDENTITY,
        /** A multiple of the identity. */
        SCALED_IDENTITY,
        /** A matrix, or a bias, that is a parameter itself. */
        LEARNED,
        /** A convolution, or its adjoint, whose weights are a parameter. */
        CONVOLUTION,
        /** A matrix that follows from parameters. */
        COMPOSITION,
        /** A matrix that is known. */
        FIXED,
        /** A bias that isn't there. */
        ZERO
    }

    /**
     * A block.
     *
     * @param row block row, from 0
     * @param column block column, from 0
     * @param rows its height
     * @param columns its width
     * @param kind what it is
     * @param formula as the framework paper writes it
     * @param parameters the names of the parameters it depends on
     */
    public record Entry(
            int row, int column, int rows, int columns, Kind kind, String formula, List<String> parameters) {}

    /**
     * A block operator.
     *
     * @param name K, M, V or W
     * @param rowNames what its block rows belong to
     * @param columnNames what its block columns act on
     * @param rowSizes heights of the block rows
     * @param columnSizes widths of the block columns
     * @param entries the blocks that aren't zero
     */
    public record Operator(
            String name, List<String> rowNames, List<String> columnNames, List<Integer> rowSizes,
            List<Integer> columnSizes, List<Entry> entries) {

        /** Whether it is (0 I) or I: one identity in each row, up to the last column, and nothing else. */
        public boolean isIdentity() {
            int shift = columnSizes.size() - rowSizes.size();
            return entries.size() == rowSizes.size() && entries.stream()
                    .allMatch(entry -> entry.kind == Kind.IDENTITY && entry.column == entry.row + shift);
        }
    }

    /**
     * A block row of W.
     *
     * @param name z₁, ...
     * @param width N_j
     * @param sigma the activation and its parameters
     * @param bias b_j
     */
    public record Layer(String name, int width, String sigma, Entry bias) {}

    /** A block of u. */
    public record Unknown(String name, int width) {}

    /** Of a network and its architecture's names for the blocks of u. */
    public static Structure of(Network network, List<String> names) {
        List<String> z = new ArrayList<>();
        List<Layer> layers = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            z.add(network.isDirect() ? names.get(j + 1) : Monomial.symbol("z." + (j + 1)));
            Matrix bias = network.b().get(j);
            var sigma = network.sigma().get(j);
            StringBuilder text = new StringBuilder(sigma.stem().replace('_', '-'));
            for (float value : sigma.parameters()) {
                text.append(String.format(Locale.ROOT, " %.6g", value).replaceAll("\\.?0+($|e)", "$1"));
            }
            layers.add(new Layer(z.get(j), network.w().rowSizes()[j], text.toString(), entry(network, j, 0, bias, false)));
        }
        List<String> solved = names.subList(1, names.size());
        List<Operator> operators = List.of(
                operator(network, "K", network.k(), List.of("N(y)"), names),
                operator(network, "M", network.m(), solved, names),
                operator(network, "V", network.v(), solved, z),
                operator(network, "W", network.w(), z, names));
        List<Unknown> unknowns = new ArrayList<>();
        for (int j = 0; j < names.size(); j++) {
            unknowns.add(new Unknown(names.get(j), network.widths()[j]));
        }
        return new Structure(operators, layers, unknowns, entry(network, 0, 0, network.d(), false));
    }

    /** y, u₁, u₂, … for the blocks of u. */
    static List<String> plainNames(int layers) {
        List<String> names = new ArrayList<>(List.of("y"));
        for (int j = 1; j <= layers; j++) {
            names.add(Monomial.symbol("u." + j));
        }
        return names;
    }

    private static Operator operator(
            Network network, String name, BlockOperator operator, List<String> rows, List<String> columns) {
        List<Entry> entries = new ArrayList<>();
        for (Block block : operator.blocks()) {
            entries.add(entry(network, block));
        }
        return new Operator(
                name, List.copyOf(rows), List.copyOf(columns),
                Arrays.stream(operator.rowSizes()).boxed().toList(),
                Arrays.stream(operator.columnSizes()).boxed().toList(), entries);
    }

    private static Entry entry(Network network, Block block) {
        if (block.map() instanceof LinearMap.ScaledIdentity identity) {
            return scaledIdentity(block, identity);
        }
        boolean adjoint = block.map() instanceof LinearMap.Transposed || block.map() instanceof TransposedConvolution;
        Entry entry = entry(network, block.row(), block.column(), block.map().matrix(), adjoint);
        return !(block.map() instanceof Convolution || block.map() instanceof TransposedConvolution) ? entry
                : new Entry(block.row(), block.column(), block.map().rows(), block.map().columns(), Kind.CONVOLUTION,
                        "conv " + entry.formula(), entry.parameters());
    }

    private static Entry scaledIdentity(Block block, LinearMap.ScaledIdentity identity) {
        String formula = new Monomial(identity.factor(), List.of(), List.of("I")).toString();
        return new Entry(
                block.row(), block.column(), identity.size(), identity.size(),
                identity.isIdentity() ? Kind.IDENTITY : Kind.SCALED_IDENTITY, formula, List.of());
    }

    private static Entry entry(Network network, int row, int column, Matrix matrix, boolean adjoint) {
        int rows = adjoint ? matrix.columns() : matrix.rows();
        int columns = adjoint ? matrix.rows() : matrix.columns();
        Optional<String> name = network.parameters().nameOf(matrix);
        if (name.isPresent()) {
            Monomial symbol = Monomial.of(symbol(network.parameters(), name.get(), matrix));
            return new Entry(
                    row, column, rows, columns, Kind.LEARNED, (adjoint ? symbol.adjoint() : symbol).toString(),
                    List.of(name.get()));
        }
        return network.composition().at(matrix)
                .map(expression -> new Entry(
                        row, column, rows, columns, expression.learnable() ? Kind.COMPOSITION : Kind.FIXED,
                        expression.formula(adjoint), List.copyOf(dependencies(network.parameters(), expression))))
                .orElse(new Entry(row, column, rows, columns, Kind.ZERO, "0", List.of()));
    }

    private static Set<String> dependencies(Parameters parameters, Expression expression) {
        Set<String> names = new LinkedHashSet<>();
        parameters.nameOf(expression.value()).ifPresent(names::add);
        expression.rule().operands().forEach(operand -> names.addAll(dependencies(parameters, operand)));
        return names;
    }

    /** W₁, b₁, … and K, d for a chain; a part of a parameter by its number within it. */
    private static String symbol(Parameters parameters, String name, Matrix view) {
        if (parameters.layers() > 0) {
            int j = Integer.parseInt(name.split("\\.")[1]);
            boolean bias = name.endsWith("bias");
            boolean last = j == parameters.layers() - 1;
            return last ? bias ? "d" : "K" : Monomial.symbol((bias ? "b." : "W.") + (j + 1));
        }
        Matrix whole = parameters.named(name);
        return view.size() == whole.size()
                ? Monomial.symbol(name)
                : Monomial.symbol(name + "." + (1 + (view.offset() - whole.offset()) / view.size()));
    }
}
