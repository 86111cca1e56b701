package io.github.bitlift.bench;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Times the kernels of a backend against what its machine allows. */
public final class KernelBench {
    private KernelBench() {}

    /**
     * What was found.
     *
     * @param ceilings of the machine, measured in the same run
     * @param measurements one per case
     */
    public record Results(Ceilings ceilings, List<Measurement> measurements) {}

    /** The names of the cases that contain a text, without the largest if quick. */
    public static List<String> names(String filter, boolean quick) {
        return Benches.cases(filter, quick).stream().map(BenchCase::name).toList();
    }

    /**
     * Runs the cases that contain a text.
     *
     * @param quick without the largest, with fewer and shorter samples
     * @param progress told the name of each before it runs
     * @throws BackendException if the backend's device is emulated, since times mean nothing there, or has too little memory
     */
    public static Results run(Backend backend, String filter, boolean quick, Consumer<String> progress) {
        if (backend.isEmulated()) {
            throw new BackendException("bench: " + backend.description()
                    + " is no device, its times mean nothing; expected a real one");
        }
        List<Measurement> measurements = new ArrayList<>();
        try (Sampler sampler = new Sampler(backend, quick)) {
            progress.accept("ceilings");
            Ceilings ceilings = new Ceilings(sampler.bandwidth(), backend.arithmeticCeiling());
            for (BenchCase each : Benches.cases(filter, quick)) {
                progress.accept(each.name());
                try (Load load = each.open().apply(backend)) {
                    measurements.add(new Measurement(each.name(), load.work(), sampler.time(load::run)));
                }
            }
            return new Results(ceilings, measurements);
        }
    }
}
