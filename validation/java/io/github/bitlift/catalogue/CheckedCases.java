package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.bench.Work;
import io.github.bitlift.bench.WorkCounter;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the catalogue's small cases on the CUDA backend, in a JVM on a checked build of the emulated driver. Arguments:
 * {@code tile,order}, or {@code tile,order,way} for TV-PDHG alone, carried out in that way.
 *
 * <p>Prints {@code checks=N}, {@code cases=N}, {@code wrong=TEXT} for every case that failed or gave other bits than the
 * reference, and {@code kernel=NAME,RUNS} for every kernel.
 */
final class CheckedCases {
    /** Operations and numbers moved: enough for products of more than a segment, and for the tails of both tiles. */
    private static final long MOST_WORK = 1_700_000;

    private CheckedCases() {}

    public static void main(String[] arguments) {
        List<Case> cases = new ArrayList<>(Catalogue.cases().stream().filter(CheckedCases::isSmall).toList());
        cases.add(twoTransposed());
        for (String argument : arguments) {
            String[] parts = argument.split(",");
            System.setProperty("bitlift.cuda.tile", parts[0]);
            System.setProperty("bitlift.cuda.tv", parts.length > 2 ? parts[2] : "auto");
            EmulatedDriver.load();
            EmulatedDriver.order(parts[1]);
            run(parts.length == 2 ? cases : cases.stream().filter(each -> each.operation().equals("tv_pdhg")).toList());
        }
        System.out.println("checks=" + EmulatedDriver.counter("checks"));
        System.out.println("cases=" + cases.size());
        EmulatedDriver.kernels().forEach((name, runs) -> System.out.println("kernel=" + name + "," + runs));
    }

    /** What nothing that trains needs, so the catalogue leaves it out. */
    private static Case twoTransposed() {
        return new Case("product", "two transposed", s -> s.run(Product.of(new Product.Row(
                s.matrix(33, 20, Setup.Fill.NORMAL),
                List.of(new Product.Dense(
                        s.matrix(37, 33, Setup.Fill.NORMAL), true, s.matrix(20, 37, Setup.Fill.NORMAL), true)),
                new Epilogue.Scale(1f)))));
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
        }
        cuda.close();
    }
}
