package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.network.BlockOperator.Block;
import io.github.bitlift.prox.Identity;
import java.util.ArrayList;
import java.util.List;

/**
 * Evaluates a network as one block system (framework paper, eq. 3): {@code z = σ(W u + b)} for all layers in one
 * launch, then {@code M u = V z}, as often as there are layers; at last {@code K u + d}.
 *
 * <p>After sweep j the first j blocks are final, so J sweeps from u = (y, 0, …, 0) give layer-by-layer
 * evaluation's bits. One sweep alone is the vectorised form of the paper's Table 2.
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

    /**
     * Solves {@code M u = V z} where both sides are identities, block by block.
     *
     * @throws IllegalArgumentException if M or V holds anything else
     */
    public static List<Operation> solve(Network network, BlockVector u, BlockVector z) {
        List<Operation> copies = new ArrayList<>();
        for (int row = 0; row < network.m().rowSizes().length; row++) {
            copies.add(new Copy(z.block(only(network.v(), row)), u.block(only(network.m(), row))));
        }
        return copies;
    }

    private static int only(BlockOperator operator, int row) {
        List<Block> blocks =
                operator.blocks().stream().filter(block -> block.row() == row).toList();
        if (blocks.size() == 1
                && blocks.get(0).map() instanceof LinearMap.ScaledIdentity identity
                && identity.factor() == 1f) {
            return blocks.get(0).column();
        }
        throw new IllegalArgumentException("block row " + row + " is no single identity");
    }

    /** {@code N(y)} for {@code inputs [count, N₀]}, as one block system; {@code [count, N]}. */
    public static float[] apply(Backend backend, Network network, float[] inputs, int count) {
        BlockVector u = BlockVector.allocate(backend, count, network.widths());
        BlockVector z = BlockVector.allocate(backend, count, network.w().rowSizes());
        Matrix out = Matrix.of(backend.allocate((long) count * network.outputs()), count, network.outputs());
        List<Operation> system = new ArrayList<>();
        for (int sweep = 0; sweep < network.layers(); sweep++) {
            system.add(sweep(network, u, z));
            system.addAll(solve(network, u, z));
        }
        system.add(Product.of(new Product.Row(
                out, network.k().row(0, u), new Epilogue.Activate(network.d(), new Identity(), null))));
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
