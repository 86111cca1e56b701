package io.github.bitlift.golden;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.catalogue.Case;
import io.github.bitlift.catalogue.Catalogue;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A program that compares a sample of the catalogue and of the kept digests on the CPU backend, with 1 to 4 threads, in whatever
 * Java runs it. Its arguments are a folder for what training writes, and whether a fused multiply-add is one instruction; if not,
 * each takes a microsecond, and the sample is of small cases alone.
 *
 * <p>Every difference is a line that begins with {@value #DIFFERS}. The last line says how much was compared.
 */
final class LevelBits {
    static final String DIFFERS = "differs: ";
    static final int MOST_THREADS = 4;
    /** A prime, so that the sample has something of every operation. */
    private static final int STRIDE = 37;
    private static final int PRODUCT_STRIDE = 5;
    private static final int DIGEST_STRIDE = 12;
    /** Sizes of products and of images. */
    private static final Pattern SMALL = Pattern.compile("\\b(2x3x5|7x15x17|of 9x1 x5|of 1x7 x5|of 2x2 x4)\\b");

    private LevelBits() {}

    public static void main(String[] args) throws Exception {
        boolean fused = Boolean.parseBoolean(args[1]);
        long compared = compareCases(sample(fused));
        long digests = fused ? compareDigests(Path.of(args[0])) : 0;
        System.out.println(compared + " numbers, " + digests + " digests");
    }

    private static List<Case> sample(boolean fused) {
        List<Case> all = Catalogue.cases();
        return IntStream.range(0, all.size()).filter(i -> fused ? isInSample(all.get(i), i) : isSmall(all.get(i)))
                .mapToObj(all::get).toList();
    }

    private static boolean isInSample(Case each, int index) {
        return index % (each.operation().equals("product") ? PRODUCT_STRIDE : STRIDE) == 0;
    }

    private static boolean isSmall(Case each) {
        return SMALL.matcher(each.name()).find();
    }

    private static long compareCases(List<Case> cases) {
        long compared = 0;
        try (Backend reference = new ReferenceBackend()) {
            List<long[][]> expected = cases.stream().map(each -> each.outcome(reference)).toList();
            for (int threads = 1; threads <= MOST_THREADS; threads++) {
                try (Backend cpu = new CpuBackend(threads, "vector")) {
                    for (int i = 0; i < cases.size(); i++) {
                        Case.Result result = cases.get(i).verify(expected.get(i), cpu, 1);
                        compared += result.compared();
                        if (!result.agrees()) {
                            System.out.println(DIFFERS + result.text() + ", threads: " + threads);
                        }
                    }
                }
            }
        }
        return compared;
    }

    private static long compareDigests(Path folder) throws Exception {
        List<String> lines = TrainingDigestTest.lines().toList();
        long compared = 0;
        for (int i = 0; i < lines.size(); i += DIGEST_STRIDE) {
            for (int threads = 1; threads <= MOST_THREADS; threads++) {
                String options = TrainingDigestTest.options(lines.get(i)) + " --backend cpu --threads " + threads;
                if (!TrainingDigestTest.train(folder, options).equals(TrainingDigestTest.digest(lines.get(i)))) {
                    System.out.println(DIFFERS + "the digest of " + options);
                }
                compared++;
            }
        }
        return compared;
    }
}
