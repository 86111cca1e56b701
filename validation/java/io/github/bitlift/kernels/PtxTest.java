package io.github.bitlift.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.io.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The PTX that is checked in belongs to the sources, and holds to the contract. */
class PtxTest {
    /** Another compiler may write other PTX that is just as right. */
    private static final String RELEASE = "release 13.0";


    @Test
    void ptxBelongsToTheSources() throws IOException {
        Path home = NativeBuild.HOME;
        TreeMap<String, String> expected = new TreeMap<>();
        for (String folder : List.of("kernels", "kernels/ptx")) {
            try (Stream<Path> files = Files.list(home.resolve(folder))) {
                for (Path file : files.filter(f -> f.toString().matches(".*\\.(cu|cuh|ptx)")).toList()) {
                    expected.put(home.relativize(file).toString(), hash(file));
                }
            }
        }
        expected.put("native-build/Makefile", hash(home.resolve("native-build/Makefile")));
        TreeMap<String, String> recorded = new TreeMap<>();
        for (String line : Files.readAllLines(home.resolve("kernels/ptx/SHA256SUMS"))) {
            recorded.put(line.substring(66), line.substring(0, 64));
        }
        assertThat(recorded).as("kernels/ptx is out of date; run make -C native-build ptx with nvcc 13").isEqualTo(expected);
    }

    /** Drivers of 2019 load the one, those of 2020 the other. */
    @Test
    void ptxAsksForOldDriversAlone() throws IOException {
        try (Stream<Path> files = Files.list(NativeBuild.HOME.resolve("kernels/ptx"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".ptx")).toList()) {
                boolean newer = file.toString().endsWith(".compute_80.ptx");
                assertThat(Files.readAllLines(file)).as("%s", file)
                        .contains(newer ? ".version 7.0" : ".version 6.3", newer ? ".target sm_80" : ".target sm_75");
                assertThat(Files.readString(file).contains("cp.async")).as("%s copies asynchronously", file).isEqualTo(newer);
            }
        }
    }

    @Test
    void ptxHoldsToTheContract() {
        assertThat(NativeBuild.make("lint")).contains("soft_threshold.ptx");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "mul.f32 %f1, %f2, %f3;", "@%p1 add.ftz.rn.f32 %f1, %f2, %f3;", "mad.f32 %f1, %f2, %f3, %f4;", "fma.rz.f64 %fd1, %fd2, %fd3, %fd4;",
        "sub.f64 %fd1, %fd2, %fd3;", "div.approx.f32 %f1, %f2, %f3;", "sqrt.approx.ftz.f32 %f1, %f2;", "ex2.approx.f32 %f1, %f2;",
        "max.f32 %f1, %f2, %f3;", "atom.global.add.f32 %f1, [%rd1], %f2;", "red.global.add.f64 [%rd1], %fd1;",
        "cvt.rz.f32.f64 %f1, %fd1;", "fma.rn.ftz.f32 %f1, %f2, %f3, %f4;", "add.rn.sat.f32 %f1, %f2, %f3;"
    })
    void lintRefusesWhatTheContractForbids(String instruction, @TempDir Path folder) throws Exception {
        NativeBuild.assumeTool("bash");
        Path file = Files.writeString(folder.resolve("planted.ptx"), "\tadd.rn.f32 \t%f1, %f2, %f3;\n\t" + instruction + "\n");
        Process lint = new ProcessBuilder("native-build/lint.sh", file.toString()).directory(NativeBuild.HOME.toFile())
                .redirectErrorStream(true).start();
        String said = new String(lint.getInputStream().readAllBytes());
        assertThat(lint.waitFor()).as(said).isEqualTo(1);
        assertThat(said).contains("planted.ptx:2:");
    }

    @Test
    void compilingAgainGivesTheSamePtxAndEveryFusedOperationIsWritten() throws Exception {
        NativeBuild.assumeTool("nvcc");
        Process nvcc = new ProcessBuilder("nvcc", "--version").redirectErrorStream(true).start();
        String version = new String(nvcc.getInputStream().readAllBytes());
        Assumptions.assumeTrue(version.contains(RELEASE), "the PTX was made by nvcc " + RELEASE + ", here is another");
        NativeBuild.make("fresh", "unfused");
    }

    @Test
    void aFailingTargetSaysWhy() {
        assertThatThrownBy(() -> NativeBuild.make("nonsense")).hasMessageContaining("nonsense");
    }

    private static String hash(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Sha256.of(in);
        }
    }
}
