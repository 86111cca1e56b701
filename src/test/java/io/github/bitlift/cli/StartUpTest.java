package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command loads before it does anything: classes, not seconds, are counted, so no busy machine fails it. */
class StartUpTest {
    private static final Pattern LOADED = Pattern.compile("\\[class,load\\] (\\S+)");
    private static final String OURS = "io.github.bitlift.";
    /** The 12 commands with what their signatures name; with every command's options it was 84. */
    private static final int MOST_FOR_HELP = 45;

    @TempDir
    private Path folder;

    @Test
    void helpLoadsNoOtherLibraryAndNoOptions() throws Exception {
        List<String> loaded = loaded("--help");
        assertThat(loaded).filteredOn(StartUpTest::isOther).isEmpty();
        assertThat(loaded).filteredOn(name -> name.startsWith(OURS)).contains(OURS + "cli.Main")
                .hasSizeLessThan(MOST_FOR_HELP).doesNotContain(OURS + "cli.TrainOptions");
    }

    @Test
    void aCommandLoadsTheOptionsOfNoOther() throws Exception {
        assertThat(loaded("describe", "--help")).contains(OURS + "cli.DescribeCommand")
                .doesNotContain(OURS + "cli.TrainOptions", OURS + "cli.VerifyOptions", OURS + "cli.InvertOptions");
    }

    @Test
    void doctorLeavesJsonAloneUnlessAskedForIt() throws Exception {
        assertThat(loaded("doctor")).contains(OURS + "cli.MachineChecks")
                .noneMatch(name -> name.startsWith("com.fasterxml.jackson.databind.ObjectMapper"));
    }

    private static boolean isOther(String name) {
        return Stream.of("java.awt.", "javax.imageio.", "org.knowm.", "com.fasterxml.jackson.databind.ObjectMapper", "jcuda.",
                "me.tongfei.", "org.jline.", "org.ejml.", "jdk.incubator.").anyMatch(name::startsWith);
    }

    private List<String> loaded(String... args) throws IOException, InterruptedException {
        CommandLineRun run = ChildJvm.run(folder, "-Xlog:class+load:stdout:tags", List.of(), args);
        assertThat(run.code()).as(run.err()).isZero();
        return LOADED.matcher(run.out()).results().map(match -> match.group(1)).toList();
    }
}
