package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.network.BlockOperator.Block;
import java.util.ArrayList;
import java.util.List;

/**
 * Evaluates a network as one block system (framework paper, eq. 3): {@code z = σ(W u + b)} for all layers in one
 * launch, then {@code M u = V z}, as often as the network is deep; at last {@code K u + d}.
 *
 * <p>After sweep j all blocks that depend on the input through at most j layers are final, so that {@link Network#depth}
 * sweeps from u = (y, 0, …, 0) give layer-by-layer evaluation's bits. One sweep alone is the vectorised form of the paper's
 * Table 2.
 */
public final class UnifiedPass {
    private UnifiedPass() {}

    /** One sweep: all layers' z from the present u, in one launch. */
    public static Product sweep(Network network, BlockVector u, BlockVector z) {
        List<Product.Row> rows = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            rows.add(new Product.Row(
                    z.block(j),
                    network.w().row(j, u),
                    new Epilogue.Activate(network.b().get(j), network.sigma().get(j), null)));
        }
        return new Product(rows);
    }

    /** Solves {@code M u = V z} for u₁ … u_J, one after the other. */
    public static List<Operation> solve(Network network, BlockVector u, BlockVector z) {
        List<Operation> operations = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            operations.add(
                    network.isDirect() ? new Copy(z.block(j), u.block(j + 1)) : solve(network, j, u, z));
        }
        return operations;
    }

    /** Row j, from 0: M's blocks before the diagonal in ascending order, then V's. */
    public static Product solve(Network network, int j, BlockVector u, BlockVector z) {
        List<Product.Term> terms = new ArrayList<>();
        for (Block block : network.m().inRow(j)) {
            if (block.column() <= j) {
                terms.add(((LinearMap.ScaledIdentity) block.map()).negated().apply(u.block(block.column())));
            }
        }
        terms.addAll(network.v().row(j, z));
        return Product.of(new Product.Row(u.block(j + 1), terms, new Epilogue.Scale(1f)));
    }

    /** {@code N(y)} for {@code inputs [count, N₀]}, as one block system; {@code [count, N]}. */
    public static float[] apply(Backend backend, Network network, float[] inputs, int count) {
        BlockVector u = BlockVector.allocate(backend, count, network.widths());
        BlockVector z = BlockVector.allocate(backend, count, network.w().rowSizes());
        Matrix out = Matrix.of(backend.allocate((long) count * network.outputs()), count, network.outputs());
        List<Operation> system = new ArrayList<>(network.composition().prepare());
        for (int sweep = 0; sweep < network.depth(); sweep++) {
            system.add(sweep(network, u, z));
            system.addAll(solve(network, u, z));
        }
        system.add(ForwardPass.output(network, u, out));
        u.block(0).write(inputs);
        try (Program program = backend.compile(system)) {
            program.run();
            return out.toArray();
        } finally {
            u.block(0).buffer().close();
            z.block(0).buffer().close();
            out.buffer().close();
        }
    }
}
