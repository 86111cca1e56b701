package io.github.bitlift.backend.cpu;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.reference.Rows;
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
    static void run(ColumnSum.Entry entry, int strip, float[] chain, Rows rows) {
        Matrix in = entry.in();
        int column = strip * WIDTH;
        int width = Math.min(WIDTH, in.columns() - column);
        float[] out = array(entry.out());
        int outAt = start(entry.out()) + column;
        Arrays.fill(out, outAt, outAt + width, 0f);
        for (int segment = 0; segment < in.rows(); segment += Sgemm.SEGMENT) {
            Arrays.fill(chain, 0f);
            int end = Math.min(in.rows(), segment + Sgemm.SEGMENT);
            for (int i = segment; i < end; i++) {
                rows.add(chain, 0, array(in), start(in, i) + column, chain, 0, width);
            }
            if (segment == 0) {
                System.arraycopy(chain, 0, out, outAt, width);
            } else {
                rows.add(out, outAt, chain, 0, out, outAt, width);
            }
        }
        rows.scale(entry.scale(), out, outAt, width);
    }
}
