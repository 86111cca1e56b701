package io.github.bitlift.cli;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The option names of everything that defines a run's bits. */
final class RunConfigNames {
    static final Set<String> ALL = Arrays.stream(RunConfig.class.getRecordComponents())
            .map(RecordComponent::getName)
            .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());

    private RunConfigNames() {}
}
