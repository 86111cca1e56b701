package io.github.bitlift.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.io.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetTest {

    private static final Path BUNDLE =
            Path.of(System.getProperty("bitlift.home", ""), "validation", "data", "mnist5k");

    @TempDir
    Path folder;

    @Test
    void theBundleIsWhatItsReadmeSays() {
        Check check = Check.require(BUNDLE, KnownSet.MNIST5K);
        assertThat(check.known()).contains(KnownSet.MNIST5K);
        assertThat(check.files()).extracting(Check.Found::content).containsExactly(
                "5000 images of 28 x 28", "5000 labels", "500 images of 28 x 28", "500 labels");
    }

    @Test
    void loadsTheBundle() {
        DataSet test = DataSet.load(BUNDLE, Split.TEST).requireSize(28, 28);
        assertThat(test.count()).isEqualTo(500);
        assertThat(test.features()).isEqualTo(784);
        assertThat(test.labels()).startsWith(7, 2, 1, 0, 4);
        DataSet train = DataSet.load(BUNDLE, Split.TRAIN);
        assertThat(train.labels()).hasSize(5_000).startsWith(5, 0, 4, 1, 9);
        for (float pixel : train.images()) {
            if (!(pixel >= 0 && pixel <= 1)) {
                assertThat(pixel).isBetween(0f, 1f);
            }
        }
        assertThat(train.images()).contains(1f, 0f, 3 / 255f);
    }

    @Test
    void takesTheFirst() {
        DataSet all = DataSet.load(BUNDLE, Split.TEST);
        DataSet few = all.take(3);
        assertThat(few.images()).hasSize(3 * 784).containsExactly(Arrays.copyOf(all.images(), 3 * 784));
        assertThat(few.labels()).containsExactly(7, 2, 1);
        assertThat(all.take(500)).isSameAs(all);
        assertThat(DataSet.load(BUNDLE, Split.TEST, 3).images()).containsExactly(few.images());
    }

    @Test
    void moreThanThereAreIsRefused() {
        DataSet all = DataSet.load(BUNDLE, Split.TEST);
        Refusal.of(folder, () -> all.take(501), "501 images asked for, of which there are 500",
                "bitlift data fetch mnist");
        Refusal.of(folder, () -> DataSet.load(BUNDLE, Split.TRAIN, 5_001), "there are 5000");
        Refusal.of(folder, () -> all.take(0), "0 images asked for");
        Refusal.of(folder, () -> all.requireSize(32, 32), "images of 28 x 28 pixels; expected 32 x 32");
    }

    @Test
    void targetsAreOneAtTheClass() {
        DataSet few = DataSet.load(BUNDLE, Split.TEST).take(3);
        float[] targets = new float[30];
        targets[7] = 1;
        targets[10 + 2] = 1;
        targets[20 + 1] = 1;
        assertThat(few.oneHot()).containsExactly(targets);
    }

    @Test
    void missingClassesAreNamed() {
        DataSet all = DataSet.load(BUNDLE, Split.TRAIN);
        assertThat(all.requireAllClasses()).isSameAs(all);
        Refusal.of(folder, () -> all.take(10).requireAllClasses(), "train-images",
                "no image of class 6, 7, 8 among the first 10; expected images of all classes, 0 to 9");
    }

    @Test
    void findsEitherSpelling() throws IOException {
        Files.write(folder.resolve("train-images.idx3-ubyte"), IdxFiles.images(3, 2, 2, 1));
        Files.write(folder.resolve("train-labels.idx1-ubyte.gz"), IdxFiles.gzip(IdxFiles.labels(3)));
        assertThat(DataSet.load(folder, Split.TRAIN).count()).isEqualTo(3);
        Refusal.of(folder, () -> DataSet.load(folder, Split.TEST), "no file of test images", "t10k-images-idx3-ubyte");
    }

    @Test
    void countsMustAgree() throws IOException {
        IdxFiles.folder(folder, 4);
        Files.write(folder.resolve("train-labels-idx1-ubyte.gz"), IdxFiles.gzip(IdxFiles.labels(5)));
        Refusal.of(folder, () -> DataSet.load(folder, Split.TRAIN), "5 labels for the 4 images of train-images");
        Refusal.of(folder, () -> Check.of(folder), "5 labels for 4 images");
    }

    @Test
    void missingFoldersAreRefused() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Refusal.of(folder, () -> DataSet.load(folder.resolve("none"), Split.TRAIN), "does not exist");
        Refusal.of(folder, () -> DataSet.load(file, Split.TRAIN), "is not a folder");
    }

    @Test
    void unknownSetsAreSoundButNotRecognised() throws IOException {
        IdxFiles.folder(folder, 4);
        assertThat(Check.of(folder).known()).isEmpty();
        Refusal.of(folder, () -> Check.require(folder, KnownSet.MNIST), "digest mismatch", "that of mnist");
        assertThat(KnownSet.named("fashion-mnist")).contains(KnownSet.FASHION_MNIST);
        assertThat(KnownSet.named("Fashion")).isEmpty();
        assertThat(KnownSet.titles()).isEqualTo("mnist, fashion-mnist, mnist5k");
    }

    @Test
    void theRecordChecksItsArrays() {
        assertThatThrownBy(() -> new DataSet(folder, new float[5], new byte[1], 1, 2, 2))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("5 pixels");
    }
}
