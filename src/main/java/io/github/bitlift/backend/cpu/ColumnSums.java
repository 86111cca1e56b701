package io.github.bitlift.backend.cpu;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Matrix;
import java.util.Arrays;

/** Sums over samples: chains run down the columns, a strip of neighbouring columns side by side. */
final class ColumnSums {
    /** Columns per strip. */
    static final int WIDTH = 256;

    private ColumnSums() {}

    /** The number of strips of an entry. */
    static int strips(ColumnSum.Entry entry) {
        return (entry.in().columns() + WIDTH - 1) / WIDTH;
    }

    /** Sums strip {@code strip} of an entry; {@code chain} is scratch for {@link #WIDTH} numbers. */
    static void run(ColumnSum.Entry entry, int strip, float[] chain) {
        Matrix in = entry.in();
        int column = strip * WIDTH;
        int width = Math.min(WIDTH, in.columns() - column);
        float[] out = array(entry.out());
        int outAt = start(entry.out()) + column;
        for (int k = 0; k < width; k++) {
            out[outAt + k] = 0f;
        }
        for (int segment = 0; segment < in.rows(); segment += Sgemm.SEGMENT) {
            Arrays.fill(chain, 0f);
            int end = Math.min(in.rows(), segment + Sgemm.SEGMENT);
            for (int i = segment; i < end; i++) {
                addRow(chain, array(in), start(in, i) + column, width);
            }
            for (int k = 0; k < width; k++) {
                out[outAt + k] = segment == 0 ? chain[k] : out[outAt + k] + chain[k];
            }
        }
        for (int k = 0; k < width; k++) {
            out[outAt + k] = entry.scale() * out[outAt + k];
        }
    }

    private static void addRow(float[] chain, float[] in, int at, int width) {
        for (int k = 0; k < width; k++) {
            chain[k] = chain[k] + in[at + k];
        }
    }
}
