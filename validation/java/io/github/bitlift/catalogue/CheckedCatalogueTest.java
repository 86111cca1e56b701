package io.github.bitlift.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.cuda.EmulatorBuild.Checks;
import io.github.bitlift.emulator.CheckedJvm;
import io.github.bitlift.emulator.CheckedJvm.Output;
import io.github.bitlift.emulator.Emulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bitlift's kernels, as the CUDA backend launches them, have no race, touch nothing outside their operands, read nothing that
 * nobody wrote and meet at the same barriers: the catalogue's small cases on the checked builds, with both tiles of products.
 */
class CheckedCatalogueTest {
    private static final Pattern ENTRY = Pattern.compile("\\.entry (\\w+)\\(");
    /**
     * The backend never launches these: sweeps of the elementary functions over their arguments, one thread per number,
     * without shared memory.
     */
    private static final String NOT_LAUNCHED = "elementary_";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = {"ALL", "ADDRESSES"})
    void nothingIsFoundInAnyKernel(Checks checks) throws IOException, InterruptedException {
        Output run = CheckedJvm.run(checks, folder, CheckedCases.class, List.of(
                "large,random:1", "small,forward", "small,random:2,warp", "small,random:3,block", "small,random:4,grid",
                "small,random:5,steps"));
        assertThat(values(run, "wrong")).isEmpty();
        assertThat(run.findings()).isEmpty();
        assertThat(run.errors()).noneMatch(line -> line.contains("AddressSanitizer"));
        assertThat(values(run, "checks")).containsExactly(String.valueOf(checks.ordinal()));
        assertThat(Integer.parseInt(values(run, "cases").get(0))).isGreaterThan(1_000);
        Set<String> launched = values(run, "kernel").stream().filter(line -> !line.endsWith(",0"))
                .map(line -> line.substring(0, line.indexOf(','))).collect(Collectors.toSet());
        Set<String> never = kernels();
        assertThat(never).contains("product_tn_small", "softmax_penalty", "power_finish");
        never.removeAll(launched);
        assertThat(never).as("kernels that no case launched").allMatch(name -> name.startsWith(NOT_LAUNCHED));
    }

    private static List<String> values(Output run, String key) {
        return run.results().stream().filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1)).toList();
    }

    /** Every kernel that has PTX. */
    private static Set<String> kernels() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(Emulator.home().resolve("kernels/ptx"))) {
            for (Path file : (Iterable<Path>) files.filter(each -> each.toString().endsWith(".ptx"))::iterator) {
                ENTRY.matcher(Files.readString(file)).results().forEach(found -> names.add(found.group(1)));
            }
        }
        return names;
    }
}
