package io.github.bitlift.inversion;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.network.BlockVector;
import java.util.ArrayList;
import java.util.List;

/** Applies layers one after the other: an encoder, or what decodes its output. */
public final class LayerPass {
    private LayerPass() {}

    /**
     * The last layer's output.
     *
     * @param layers from first to last, at least one
     * @param in {@code [count, inputs]}
     * @param count the number of samples
     * @return {@code [count, outputs]}
     */
    public static float[] apply(Backend backend, List<Layer> layers, float[] in, int count) {
        int[] widths = new int[layers.size() + 1];
        widths[0] = layers.get(0).inputs();
        for (int j = 0; j < layers.size(); j++) {
            widths[j + 1] = layers.get(j).outputs();
        }
        BlockVector u = BlockVector.allocate(backend, count, widths);
        try {
            u.block(0).write(in);
            List<Product> operations = new ArrayList<>();
            for (int j = 0; j < layers.size(); j++) {
                operations.add(activation(layers.get(j), u.block(j), u.block(j + 1)));
            }
            try (Program program = backend.compile(operations)) {
                program.run();
            }
            return u.block(layers.size()).toArray();
        } finally {
            u.block(0).buffer().close();
        }
    }

    private static Product activation(Layer layer, Matrix in, Matrix out) {
        return Product.of(new Product.Row(
                out, layer.apply(in), new Epilogue.Activate(layer.bias(), layer.sigma(), null)));
    }
}
