package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.network.BlockOperator;
import io.github.bitlift.network.BlockOperator.Block;
import io.github.bitlift.network.LinearMap;
import io.github.bitlift.network.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lipschitz constants of the gradient in all auxiliary variables at once, for any architecture, from norms of the blocks of K, V
 * and W. Let {@code u = S z} solve {@code M u = V z}. A penalty's curvature in (z_k, v_k) along (a, b) is at most μ_k‖a − b‖², and
 * {@code b = Σ_i (WS)_ki δz_i} has n_k summands that aren't zero, so that
 *
 * <pre>L_i = (n_i + 1) μ_i + Σ_k (n_k + 1) μ_k ‖(WS)_ki‖² + n ‖(KS)_i‖²,   n the number of (KS)_i that aren't zero</pre>
 *
 * bounds it block by block. Norms of WS and KS are bounded by sums over paths of products of the blocks' norms, which power
 * iterations estimate; the bound itself is computed here in binary64 from them, the same on every backend.
 */
final class SystemNorms {
    private final int layers;
    private final float[] mu;
    private final Map<Matrix, Norms> norms = new LinkedHashMap<>();
    private final List<Block> k;
    private final List<Block> m;
    private final List<Block> v;
    private final List<Block> w;
    /** ‖S‖, ‖WS‖ by block, ‖KS‖ by block. */
    private final double[][] solution;
    private final double[][] reads;
    private final double[] output;
    private final double[] constants;

    /** Allocates a vector or two per matrix. */
    SystemNorms(Backend backend, Network network, float[] mu) {
        this.layers = network.layers();
        this.mu = mu.clone();
        this.k = network.k().blocks();
        this.m = network.m().blocks();
        this.v = network.v().blocks();
        this.w = network.w().blocks();
        this.solution = new double[layers + 1][layers];
        this.reads = new double[layers][layers];
        this.output = new double[layers];
        this.constants = new double[layers];
        for (BlockOperator operator : List.of(network.k(), network.v(), network.w())) {
            for (Block block : operator.blocks()) {
                Matrix matrix = block.map().matrix();
                // What reads the input alone moves nothing.
                if (matrix != null && (operator == network.v() || block.column() > 0)) {
                    norms.computeIfAbsent(matrix, a -> new Norms(backend, a, null, 1, 1, 1, 100L + norms.size()));
                }
            }
        }
    }

    /** What has to run before {@link #constants}. */
    List<Norms> norms() {
        return new ArrayList<>(norms.values());
    }

    /** L, one per layer, from the norms as they are now; overwritten by the next call. */
    double[] constants() {
        solve();
        clear(reads);
        for (int b = 0; b < w.size(); b++) {
            Block block = w.get(b);
            add(norm(block), solution[block.column()], reads[block.row()]);
        }
        Arrays.fill(output, 0);
        for (int b = 0; b < k.size(); b++) {
            add(norm(k.get(b)), solution[k.get(b).column()], output);
        }
        int outputs = count(output);
        for (int i = 0; i < layers; i++) {
            constants[i] = (count(reads[i]) + 1) * (double) mu[i] + outputs * output[i] * output[i];
        }
        for (int row = 0; row < layers; row++) {
            double weight = (count(reads[row]) + 1) * (double) mu[row];
            for (int i = 0; i < layers; i++) {
                constants[i] += weight * reads[row][i] * reads[row][i];
            }
        }
        return constants;
    }

    /** ‖S‖, block row by block row, of which the first is the input's. */
    private void solve() {
        clear(solution);
        int blockOfV = 0;
        int blockOfM = 0;
        for (int j = 0; j < layers; j++) {
            for (; blockOfM < m.size() && m.get(blockOfM).row() == j; blockOfM++) {
                Block block = m.get(blockOfM);
                if (block.column() <= j) {
                    add(norm(block), solution[block.column()], solution[j + 1]);
                }
            }
            for (; blockOfV < v.size() && v.get(blockOfV).row() == j; blockOfV++) {
                solution[j + 1][v.get(blockOfV).column()] += norm(v.get(blockOfV));
            }
        }
    }

    private double norm(Block block) {
        if (block.map() instanceof LinearMap.ScaledIdentity identity) {
            return Math.abs((double) identity.factor());
        }
        Norms known = norms.get(block.map().matrix());
        return known == null ? 0 : Math.sqrt(block.map().gain() * known.squared());
    }

    private static void add(double factor, double[] summand, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * summand[i];
        }
    }

    private static int count(double[] values) {
        int count = 0;
        for (double value : values) {
            count += value != 0 ? 1 : 0;
        }
        return count;
    }

    private static void clear(double[][] rows) {
        for (double[] row : rows) {
            Arrays.fill(row, 0);
        }
    }
}
