package io.github.bitlift.catalogue;

import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.util.ArrayList;
import java.util.List;

/** All cases. A new prox map joins through {@link ProxMaps#examples()} and is exercised everywhere. */
public final class Catalogue {
    private Catalogue() {}

    /** Every case, operation by operation. */
    public static List<Case> cases() {
        List<ProxMap> maps = ProxMaps.examples();
        List<Case> cases = new ArrayList<>();
        ProductCases.addTo(cases, maps);
        BlockCases.addTo(cases, maps);
        MapCases.addTo(cases, maps);
        UpdateCases.addTo(cases, maps);
        ReductionCases.addTo(cases, maps);
        ColumnCases.addTo(cases);
        TvCases.addTo(cases);
        PenaltyCases.addTo(cases);
        LearnedCases.addTo(cases);
        ConvolutionCases.addTo(cases);
        return cases;
    }
}
