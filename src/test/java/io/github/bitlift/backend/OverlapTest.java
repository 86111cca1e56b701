package io.github.bitlift.backend;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.prox.Relu;
import org.junit.jupiter.api.Test;

/** Operations refuse an output that lies partly on an operand: what it would give depends on the order of elements. */
class OverlapTest {
    private final Matrix memory = Matrix.of(new HostBuffer(40), 10, 4);

    @Test
    void elementwiseOutputsAreAnOperandOrApart() {
        Matrix v = memory.slice(0, 3);
        Matrix w = memory.slice(3, 6);
        for (Matrix out : new Matrix[] {v, w, memory.slice(6, 9)}) {
            assertThatCode(() -> residual(v, w, out)).doesNotThrowAnyException();
        }
        for (Matrix out : new Matrix[] {memory.slice(1, 4), memory.slice(5, 8)}) {
            assertThatThrownBy(() -> residual(v, w, out)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("output [3, 4] at " + out.offset() + " overlaps an operand at ");
        }
    }

    private static Elementwise residual(Matrix v, Matrix w, Matrix out) {
        return new Elementwise(Elementwise.Kind.RESIDUAL, new Relu(), 1f, v, w, out);
    }

    @Test
    void copiesNeverOverlap() {
        assertThatCode(() -> new Copy(memory.slice(0, 3), memory.slice(3, 6))).doesNotThrowAnyException();
        assertThatCode(() -> new Copy(memory.slice(2, 2), memory.slice(2, 2))).doesNotThrowAnyException();
        assertThatThrownBy(() -> new Copy(memory.slice(0, 3), memory.slice(2, 5)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("overlap");
    }
}
