package io.github.bitlift.backend.cpu;

import java.util.Arrays;
import java.util.Objects;

/**
 * Matrix products in binary32, defined bit for bit: {@code C[m, n] = op(A)[m, k] · op(B)[k, n]}.
 *
 * <p>Each element is one chain of fused multiply-adds over ascending k from +0, within segments of {@value #SEGMENT}
 * consecutive k; the sums of later segments are added to that of the first, in ascending order. With k = 0 every element
 * is +0. Neither the number of threads nor the kernel, the blocking or the other rows and columns change a bit, up to the
 * payloads of NaNs.
 *
 * <p>Large products are shared out by strips of rows, all threads first packing the right factor together. With few rows
 * the threads share out the columns instead, each packing what it needs of the right factor just before use. A right factor
 * whose numbers stay the same is packed once and kept, see {@link KeptFactor}: for one row, packing costs five times the product.
 *
 * <p>A tile's chains run over a whole segment, so that its sums never leave the registers. Its panel of the right factor (100 KiB)
 * comes from the second-level cache, which delivers it fast enough: 16 bytes a cycle with tiles of eight rows.
 *
 * <p>One instance does one product at a time; calls from several threads follow one another. Scratch memory grows to what
 * the largest product so far needed, at most about 5 MiB and 1 MiB for each thread, and then stays.
 */
public final class Sgemm {
    /** Receives the rows of C once they are final. */
    @FunctionalInterface
    public interface RowsDone {
        /**
         * Rows {@code from} to {@code to - 1} of C are complete and still in this thread's cache. Called once for every
         * row, in ranges, by several threads at once. Must not start a product or a run on the same workers.
         *
         * @param worker number of the calling thread among the {@link Workers}
         */
        void rows(int from, int to, int worker);
    }

    /** Length of a segment: how many consecutive k form one chain. */
    static final int SEGMENT = 1_024;

    /** Rows of a strip, where k is so small that the cache allows more. */
    private static final int STRIP_ROWS = 192;
    /** How many rows of the right factor's storage are packed together, where a panel takes a part of each: few enough pages for the first-level TLB. */
    private static final int PACKED_ROWS = 16;
    /** Up to this many rows the columns are shared out. */
    private static final int FEW_ROWS = 128;
    /** Multiply-adds below which one thread is faster: some 15 microseconds' work. */
    static final long WORTH_SHARING = 1_500_000;
    /** With fewer rows a product takes as long as with so many: as long as reading the right factor. */
    private static final int BOUND_BY_MEMORY = 5;
    /** How many multiply-adds take as long as packing one element of the right factor: row by row, and transposed. */
    private static final int COPIED = 6;
    private static final int TRANSPOSED = 28;

    private final Workers workers;
    private final MicroKernel kernel;
    private final int tileRows;
    private final int tileColumns;
    private final Workers.Task packRight = this::packRight;
    private final Workers.Task multiplyStrip = this::multiplyStrip;
    private final Workers.Task multiplyPanel = this::multiplyPanel;
    private final Workers.Task finishRows = this::finishRows;
    private final KeptFactor.Packing packAll = this::packAll;

    private final Scratch[] scratch;
    private float[][] shared = {};
    private float[] left = {};

    private boolean transposeA;
    private boolean transposeB;
    private int m;
    private int n;
    private int k;
    private float[] a;
    private int aAt;
    private float[] b;
    private int bAt;
    private float[] c;
    private int cAt;
    private RowsDone epilogue;

    /** Where the right factor's panels are, segment by segment: those of the current pass, or all of them if they are kept. */
    private float[][] right = {};
    private boolean isKept;
    /** Columns [columnFrom, columnTo) and k [depthFrom, depthTo) that the current pass covers. */
    private int columnFrom;
    private int columnTo;
    private int depthFrom;
    private int depthTo;
    private int strips;

    /** What a worker needs for itself. */
    private static final class Scratch {
        float[] left = {};
        float[][] right = {};
        float[] tiles = {};
        final float[][] work;

        Scratch(MicroKernel kernel) {
            work = new float[kernel.rows()][kernel.columns()];
        }
    }

    /**
     * A multiplier that shares its work among {@code workers}.
     *
     * @param kernel see {@link MicroKernels}
     */
    public Sgemm(Workers workers, MicroKernel kernel) {
        this.workers = Objects.requireNonNull(workers, "workers");
        this.kernel = Objects.requireNonNull(kernel, "kernel");
        tileRows = kernel.rows();
        tileColumns = kernel.columns();
        scratch = new Scratch[workers.threads()];
        for (int worker = 0; worker < scratch.length; worker++) {
            scratch[worker] = new Scratch(kernel);
        }
    }

    /**
     * {@code C = op(A) · op(B)}; all matrices are row-major and contiguous.
     *
     * @param transposeA whether {@code a} is stored as [k, m] rather than [m, k]
     * @param transposeB whether {@code b} is stored as [n, k] rather than [k, n]
     * @param aAt place of A's first element in {@code a}; likewise {@code bAt} and {@code cAt}
     * @param c receives C, and is touched nowhere else; C must not overlap A or B
     * @param epilogue told of rows of C that are complete, or null
     * @throws IllegalArgumentException if a size or place is negative, or C overlaps a factor
     * @throws IndexOutOfBoundsException if a matrix doesn't fit in its array
     * @throws IllegalStateException if called from one of the workers' tasks, or after they were closed
     */
    public void multiply(boolean transposeA, boolean transposeB, int m, int n, int k, float[] a, int aAt,
            float[] b, int bAt, float[] c, int cAt, RowsDone epilogue) {
        multiply(transposeA, transposeB, m, n, k, a, aAt, b, bAt, null, 0, c, cAt, epilogue);
    }

    /** Whether a product with so many rows is faster with a right factor that is kept packed. */
    static boolean isWorthKeeping(int rows) {
        return rows <= FEW_ROWS;
    }

    /**
     * The same with a right factor that may be packed already.
     *
     * @param kept where B is packed if that is worth it, by this or an earlier product with the same kernel, n, k and layout; or
     *     null
     * @param version of B's numbers, at least 0; another one than before means that they may have changed
     */
    void multiply(boolean transposeA, boolean transposeB, int m, int n, int k, float[] a, int aAt, float[] b, int bAt,
            KeptFactor kept, long version, float[] c, int cAt, RowsDone epilogue) {
        checkSize("m", m);
        checkSize("n", n);
        checkSize("k", k);
        checkRoom("A", a, aAt, m, k);
        checkRoom("B", b, bAt, k, n);
        checkRoom("C", c, cAt, m, n);
        checkApart("A", a, aAt, (long) m * k, c, cAt, (long) m * n);
        checkApart("B", b, bAt, (long) k * n, c, cAt, (long) m * n);
        workers.requireOutside();
        synchronized (this) {
            if (this.c != null) {
                throw new IllegalStateException("the epilogue of a product must not start another on the same object");
            }
            this.transposeA = transposeA;
            this.transposeB = transposeB;
            this.m = m;
            this.n = n;
            this.k = k;
            this.a = a;
            this.aAt = aAt;
            this.b = b;
            this.bAt = bAt;
            this.c = c;
            this.cAt = cAt;
            this.epilogue = epilogue;
            try {
                multiply(kept, version);
            } finally {
                // The caller's arrays must not outlive the call through this object.
                this.a = null;
                this.b = null;
                this.c = null;
                this.epilogue = null;
                this.right = null;
            }
        }
    }

    private static void checkSize(String name, int size) {
        if (size < 0) {
            throw new IllegalArgumentException(name + " must not be negative, was " + size);
        }
    }

    private static void checkRoom(String name, float[] array, int at, int rows, int columns) {
        if (at < 0) {
            throw new IllegalArgumentException("the place of " + name + " must not be negative, was " + at);
        }
        long end = at + (long) rows * columns;
        if (end > array.length) {
            throw new IndexOutOfBoundsException(name + " of " + rows + " x " + columns + " from " + at + " ends at " + end
                    + ", its array at " + array.length);
        }
    }

    private static void checkApart(String name, float[] array, int at, long size, float[] c, int cAt, long cSize) {
        if (array == c && at < cAt + cSize && cAt < at + size) {
            throw new IllegalArgumentException("C at " + cAt + " overlaps " + name + " at " + at + " of the same array");
        }
    }

    private void multiply(KeptFactor kept, long version) {
        if (m == 0) {
            return;
        }
        if (n == 0 || k == 0) {
            Arrays.fill(c, cAt, cAt + m * n, 0f);
            finishInRanges();
            return;
        }
        int panels = ceilDiv(n, tileColumns);
        isKept = kept != null && kept.isWanted(version);
        if (isKept) {
            right = kept.panels(version, packAll);
            coverAll();
        }
        if (m <= FEW_ROWS && panels >= 2 * workers.threads()) {
            shareColumns(panels);
        } else {
            shareRows(panels);
        }
    }

    /** Packs the whole right factor. */
    private float[][] packAll(float[][] before) {
        coverAll();
        int segments = ceilDiv(k, SEGMENT);
        right = grown(before, segments * ceilDiv(n, tileColumns) * kernel.arrays(), kernel.arrayLength(Math.min(k, SEGMENT)));
        packPass();
        return right;
    }

    private void coverAll() {
        columnFrom = 0;
        columnTo = n;
        depthFrom = 0;
        depthTo = k;
    }

    private void share(int tasks, Workers.Task task) {
        share(tasks, task, (long) Math.max(m, BOUND_BY_MEMORY) * n * k);
    }

    /** Runs tasks on all threads, or on this one alone if so many multiply-adds aren't worth waking others for. */
    private void share(int tasks, Workers.Task task, long work) {
        if (work < WORTH_SHARING) {
            for (int index = 0; index < tasks; index++) {
                task.run(index, 0);
            }
        } else {
            workers.run(tasks, task);
        }
    }

    /** Packs the columns and k of the current pass. */
    private void packPass() {
        long elements = (long) (columnTo - columnFrom) * (depthTo - depthFrom);
        share(ceilDiv(depthTo - depthFrom, SEGMENT) * packTasks(), packRight, elements * (transposeB ? TRANSPOSED : COPIED));
    }

    // Many rows: pass by pass, the right factor is packed by all, then strips of rows are multiplied with it.

    private void shareRows(int panels) {
        int panelDepth = Math.min(k, SEGMENT);
        int tiles = ceilDiv(m, tileRows);
        int stripTiles = Math.max(1, Math.min(STRIP_ROWS, Caches.SIZES.leftFloats() / panelDepth) / tileRows);
        int threads = workers.threads();
        strips = Math.min(tiles, ceilDiv(ceilDiv(tiles, stripTiles), threads) * threads);
        growScratch(ceilDiv(tiles, strips) * tileRows);
        if (isKept) {
            share(strips, multiplyStrip);
            return;
        }
        int mostPanels = Math.max(1, Caches.SIZES.sharedFloats() / (panelDepth * tileColumns));
        int panelsPerPass = Math.min(panels, mostPanels);
        int segmentsPerPass = Math.min(ceilDiv(k, SEGMENT), Math.max(1, mostPanels / panelsPerPass));
        shared = grown(shared, panelsPerPass * segmentsPerPass * kernel.arrays(), kernel.arrayLength(panelDepth));
        right = shared;
        for (columnFrom = 0; columnFrom < n; columnFrom = columnTo) {
            columnTo = (int) Math.min(n, columnFrom + (long) panelsPerPass * tileColumns);
            for (depthFrom = 0; depthFrom < k; depthFrom = depthTo) {
                depthTo = (int) Math.min(k, depthFrom + (long) segmentsPerPass * SEGMENT);
                packPass();
                share(strips, multiplyStrip);
            }
        }
    }

    /** How many tasks {@link #packRight(int, int)} has for each segment. */
    private int packTasks() {
        return transposeB
                ? ceilDiv(columnTo - columnFrom, tileColumns)
                : ceilDiv(Math.min(SEGMENT, depthTo - depthFrom), PACKED_ROWS);
    }

    /** Packs a share of the right factor: a panel of a segment, or, where rows are stored whole, some rows of it. */
    private void packRight(int index, int worker) {
        int panels = ceilDiv(columnTo - columnFrom, tileColumns);
        int segment = index / packTasks();
        int share = index % packTasks();
        int from = depthFrom + segment * SEGMENT;
        int depth = Math.min(SEGMENT, depthTo - from);
        int first = segment * panels;
        if (transposeB) {
            packRight(columnFrom + share * tileColumns, from, 0, depth, right, (first + share) * kernel.arrays());
            return;
        }
        int row = share * PACKED_ROWS;
        int rows = Math.min(PACKED_ROWS, depth - row);
        for (int panel = 0; panel < panels && rows > 0; panel++) {
            packRight(columnFrom + panel * tileColumns, from + row, row, rows, right, (first + panel) * kernel.arrays());
        }
    }

    /** Packs {@code depth} k from {@code from} on of the panel that begins at {@code column}. */
    private void packRight(int column, int from, int panelFrom, int depth, float[][] panels, int first) {
        int count = Math.min(tileColumns, n - column);
        int at = bAt + (transposeB ? column * k + from : from * n + column);
        kernel.packRight(transposeB, b, at, transposeB ? k : n, count, panelFrom, depth, panels, first);
    }

    private void multiplyStrip(int strip, int worker) {
        Scratch own = scratch[worker];
        long tiles = ceilDiv(m, tileRows);
        int rowFrom = (int) (strip * tiles / strips) * tileRows;
        int rowTo = (int) Math.min(m, (strip + 1) * tiles / strips * tileRows);
        int first = 0;
        for (int from = depthFrom; from < depthTo; from += SEGMENT) {
            int depth = Math.min(SEGMENT, depthTo - from);
            packLeft(rowFrom, rowTo, from, depth, own.left);
            for (int column = columnFrom; column < columnTo; column += tileColumns) {
                multiplyPanel(own, own.left, rowFrom, rowTo, column, from, depth, right, first);
                first += kernel.arrays();
            }
        }
        if (epilogue != null && columnTo == n && depthTo == k) {
            epilogue.rows(rowFrom, rowTo, worker);
        }
    }

    /** Packs one segment of the rows [rowFrom, rowTo). */
    private void packLeft(int rowFrom, int rowTo, int from, int depth, float[] panel) {
        if (transposeA) {
            kernel.transposeLeft(a, aAt + from * m + rowFrom, m, rowTo - rowFrom, depth, panel, 0);
            return;
        }
        for (int row = rowFrom; row < rowTo; row++) {
            System.arraycopy(a, aAt + row * k + from, panel, (row - rowFrom) * MicroKernel.LEFT_STRIDE, depth);
        }
    }

    // Few rows: segment by segment, the left factor is packed, then panels of columns are multiplied with it.

    private void shareColumns(int panels) {
        left = grown(left, m * MicroKernel.LEFT_STRIDE);
        growTiles(m);
        if (!isKept) {
            for (Scratch own : scratch) {
                own.right = grown(own.right, kernel.arrays(), kernel.arrayLength(Math.min(k, SEGMENT)));
            }
        }
        for (depthFrom = 0; depthFrom < k; depthFrom = depthTo) {
            depthTo = (int) Math.min(k, (long) depthFrom + SEGMENT);
            packLeft(0, m, depthFrom, depthTo - depthFrom, left);
            share(panels, multiplyPanel);
        }
        finishInRanges();
    }

    private void multiplyPanel(int panel, int worker) {
        Scratch own = scratch[worker];
        int column = panel * tileColumns;
        int depth = depthTo - depthFrom;
        if (isKept) {
            int first = depthFrom / SEGMENT * ceilDiv(n, tileColumns) + panel;
            multiplyPanel(own, left, 0, m, column, depthFrom, depth, right, first * kernel.arrays());
        } else {
            packRight(column, depthFrom, 0, depth, own.right, 0);
            multiplyPanel(own, left, 0, m, column, depthFrom, depth, own.right, 0);
        }
    }

    private void finishInRanges() {
        if (epilogue != null) {
            share(Math.min(m, workers.threads()), finishRows);
        }
    }

    private void finishRows(int index, int worker) {
        int ranges = Math.min(m, workers.threads());
        epilogue.rows((int) ((long) m * index / ranges), (int) ((long) m * (index + 1) / ranges), worker);
    }

    /** One segment of the rows [rowFrom, rowTo) of one panel of columns; both factors are packed. */
    private void multiplyPanel(Scratch own, float[] packed, int rowFrom, int rowTo, int column, int from, int depth,
            float[][] panels, int first) {
        int count = Math.min(tileColumns, n - column);
        boolean direct = from == 0 && count == tileColumns;
        float[] to = direct ? c : own.tiles;
        int stride = direct ? n : tileColumns;
        int toAt = direct ? cAt + rowFrom * n + column : 0;
        for (int row = 0; row < rowTo - rowFrom; row += tileRows) {
            kernel.multiply(Math.min(tileRows, rowTo - rowFrom - row), depth, packed, row * MicroKernel.LEFT_STRIDE,
                    panels, first, count, to, toAt + row * stride, stride, own.work);
        }
        for (int row = rowFrom; row < rowTo && !direct; row++) {
            store(from == 0, own.tiles, (row - rowFrom) * tileColumns, cAt + row * n + column, count);
        }
    }

    private void store(boolean firstSegment, float[] tiles, int at, int to, int count) {
        if (firstSegment) {
            System.arraycopy(tiles, at, c, to, count);
        } else {
            kernel.add(tiles, at, c, to, count);
        }
    }

    private void growScratch(int rows) {
        for (Scratch own : scratch) {
            own.left = grown(own.left, rows * MicroKernel.LEFT_STRIDE);
        }
        growTiles(rows);
    }

    private void growTiles(int rows) {
        for (Scratch own : scratch) {
            own.tiles = grown(own.tiles, rows * tileColumns);
        }
    }

    private static float[] grown(float[] array, int length) {
        return array.length >= length ? array : new float[length];
    }

    private static float[][] grown(float[][] arrays, int count, int length) {
        boolean enough = arrays.length >= count && (count == 0 || arrays[0].length >= length);
        if (enough) {
            return arrays;
        }
        int most = arrays.length == 0 ? length : Math.max(length, arrays[0].length);
        return new float[Math.max(count, arrays.length)][most];
    }

    private static int ceilDiv(int x, int y) {
        return (int) (((long) x + y - 1) / y);
    }
}
