package io.github.bitlift.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.network.BlockOperator.Block;
import io.github.bitlift.prox.GroupSoftThreshold;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Blocks that don't make up a network are refused with operator, block and extent. */
class NetworkChecksTest {
    private final Backend backend = new ReferenceBackend();

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void aBlockOfTheWrongExtent() {
        Assembly network = new Assembly(4);
        network.layer(new Relu(), matrix(1, 3), new Assembly.Of(0, dense(3, 5)));
        assertRefused(network, matrix(1, 2), new Assembly.Of(1, dense(2, 3)), "W: block (0, 0) maps 5 to 3, expected 4 to 3");
    }

    @Test
    void anOutputOfTheWrongExtent() {
        assertRefused(
                layered(), matrix(1, 2), new Assembly.Of(1, dense(2, 7)), "K: block (0, 1) maps 7 to 2, expected 3 to 2");
        assertRefused(
                layered(), matrix(1, 2), new Assembly.Of(2, dense(2, 3)),
                "K: block (0, 2) lies outside a grid of 1 by 2 blocks");
    }

    @Test
    void aLayerThatReadsWhatFollows() {
        Assembly network = new Assembly(4);
        network.layer(new Relu(), matrix(1, 3), new Assembly.Of(1, dense(3, 3)));
        assertRefused(
                network, matrix(1, 2), new Assembly.Of(1, dense(2, 3)),
                "W: block (0, 1) reads a layer that isn't known yet; expected columns up to 0");
    }

    @Test
    void aResidualLayerOfAnotherWidth() {
        Assembly network = new Assembly(4);
        network.residual(0, dense(5, 3), new Relu(), matrix(1, 3), new Assembly.Of(0, dense(3, 4)));
        assertRefused(network, matrix(1, 2), new Assembly.Of(1, dense(2, 4)), "V: block (0, 0) maps 3 to 5, expected 3 to 4");
    }

    @Test
    void anActivationThatCannotActOnItsWidth() {
        Assembly network = new Assembly(4);
        network.layer(new GroupSoftThreshold(1f, 2), matrix(1, 3), new Assembly.Of(0, dense(3, 4)));
        assertThatThrownBy(() -> network.output(
                        parameters(), Composition.none(), matrix(1, 2), new Assembly.Of(1, dense(2, 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("block row 0 of W: ");
    }

    @Test
    void operatorsOfDifferentGrids() {
        BlockOperator w = new BlockOperator(new int[] {3}, new int[] {4, 3}, List.of(new Block(0, 0, dense(3, 4))));
        BlockOperator m = new BlockOperator(
                new int[] {3}, new int[] {5, 3}, List.of(new Block(0, 1, new LinearMap.ScaledIdentity(3, 1f))));
        BlockOperator v = new BlockOperator(
                new int[] {3}, new int[] {3}, List.of(new Block(0, 0, new LinearMap.ScaledIdentity(3, 1f))));
        BlockOperator k = new BlockOperator(new int[] {2}, new int[] {4, 3}, List.of(new Block(0, 1, dense(2, 3))));
        List<ProxMap> sigma = List.of(new Relu());
        assertThatThrownBy(() -> new Network(
                        parameters(), Composition.none(), k, m, v, w, List.of(matrix(1, 3)), matrix(1, 2), sigma))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("block columns of M: [5, 3], expected those of W, [4, 3]");
    }

    @Test
    void depthCountsLayersThatFollowEachOther() {
        assertThat(depth(new Shallow(2, 1, List.of(new Relu(), new Relu(), new Relu())))).isEqualTo(1);
        assertThat(depth(new Mlp(List.of(2, 3, 3, 1), List.of(new Relu(), new Relu())))).isEqualTo(2);
        assertThat(depth(new ResNet(2, List.of(3, 4), 1, List.of(new Relu(), new Relu()), 1f))).isEqualTo(2);
        assertThat(depth(new Lista(MeasurementOperator.identity(3), 4, List.of(1f, 1f), 0.1f, true))).isEqualTo(3);
    }

    private int depth(Architecture architecture) {
        try (Parameters theta = architecture.parameters(backend);
                Network network = architecture.over(backend, theta)) {
            return network.depth();
        }
    }

    private Assembly layered() {
        Assembly network = new Assembly(4);
        network.layer(new Relu(), matrix(1, 3), new Assembly.Of(0, dense(3, 4)));
        return network;
    }

    private void assertRefused(Assembly network, Matrix d, Assembly.Of output, String message) {
        assertThatThrownBy(() -> network.output(parameters(), Composition.none(), d, output))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private Parameters parameters() {
        return new Parameters(backend, List.of());
    }

    private LinearMap dense(int rows, int columns) {
        return new LinearMap.Dense(matrix(rows, columns));
    }

    private Matrix matrix(int rows, int columns) {
        return Matrix.of(backend.allocate((long) rows * columns), rows, columns);
    }
}
