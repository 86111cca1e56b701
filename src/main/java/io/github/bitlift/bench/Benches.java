package io.github.bitlift.bench;

import java.util.ArrayList;
import java.util.List;

/** The list of cases. */
final class Benches {
    private static final int FEW_SAMPLES = 512;

    private Benches() {}

    /**
     * The cases whose name contains a text.
     *
     * @param quick without the largest
     */
    static List<BenchCase> cases(String filter, boolean quick) {
        List<BenchCase> cases = new ArrayList<>();
        ProductBenches.addTo(cases);
        MapBenches.addTo(cases);
        UpdateBenches.addTo(cases);
        SumBenches.addTo(cases);
        TvBenches.addTo(cases);
        ConvolutionBenches.addTo(cases);
        StepBenches.addTo(cases);
        cases.removeIf(each -> !each.name().contains(filter) || quick && each.samples() > FEW_SAMPLES);
        return cases;
    }
}
