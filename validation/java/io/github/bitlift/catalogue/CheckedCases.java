package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.bench.Work;
import io.github.bitlift.bench.WorkCounter;
import java.util.List;

/**
 * Runs the catalogue's small cases on the CUDA backend, in a JVM on a checked build of the emulated driver. Arguments: pairs
 * {@code tile,order}.
 *
 * <p>Prints {@code checks=N}, {@code cases=N}, {@code wrong=TEXT} for every case that failed or gave other bits than the
 * reference, and {@code kernel=NAME,RUNS} for every kernel.
 */
final class CheckedCases {
    /** Operations and numbers moved: each costs a look. */
    private static final long MOST_WORK = Long.getLong("most.work", 400_000);

    private CheckedCases() {}

    public static void main(String[] arguments) {
        List<Case> cases = Catalogue.cases().stream().filter(CheckedCases::isSmall).toList();
        for (String argument : arguments) {
            String[] parts = argument.split(",");
            System.setProperty("bitlift.cuda.tile", parts[0]);
            EmulatedDriver.load();
            EmulatedDriver.order(parts[1]);
            long start = System.nanoTime();
            run(cases);
            System.out.println("seconds=" + (System.nanoTime() - start) / 1e9);
        }
        System.out.println("checks=" + EmulatedDriver.counter("checks"));
        System.out.println("cases=" + cases.size());
        EmulatedDriver.kernels().forEach((name, runs) -> System.out.println("kernel=" + name + "," + runs));
    }

    private static boolean isSmall(Case each) {
        try (Setup setup = new Setup(new ReferenceBackend(), each.seed())) {
            each.body().accept(setup);
            Work work = WorkCounter.of(setup.operations());
            return work.flops() + work.bytes() / Float.BYTES <= MOST_WORK;
        }
    }

    /** A backend whose kernel failed is done with, so the next case gets another one. */
    private static void run(List<Case> cases) {
        Backend cuda = CudaBackend.open("emulated");
        for (Case each : cases) {
            long start = System.nanoTime();
            try (Backend reference = new ReferenceBackend()) {
                Case.Result result = each.verify(each.outcome(reference), cuda, 1);
                if (!result.agrees()) {
                    System.out.println("wrong=" + result.text());
                }
            } catch (BackendException failure) {
                System.out.println("wrong=" + each.operation() + ", " + each.name() + ": " + failure.getMessage());
                cuda.close();
                cuda = CudaBackend.open("emulated");
            }
            System.err.printf("time %.3f %s %s%n", (System.nanoTime() - start) / 1e9, each.operation(), each.name());
        }
        cuda.close();
    }
}
