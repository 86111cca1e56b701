package io.github.bitlift.data;

import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What {@code bitlift data check} finds in a folder of IDX files.
 *
 * @param files the four files, each sound in itself
 * @param known the data set that they are byte for byte, if it is one we know
 */
public record Check(List<Found> files, Optional<KnownSet> known) {

    /**
     * One file with a sound header, size and content.
     *
     * @param file    where it is
     * @param content what it holds, such as {@code 60000 images of 28 x 28}
     * @param sha256  of its uncompressed bytes
     */
    public record Found(Path file, String content, String sha256) {
    }

    /**
     * Reads all four files of a folder and compares them with the known data sets.
     *
     * @throws InputException if a file is missing or wrong, or images and labels differ in number
     */
    public static Check of(Path folder) {
        List<Found> files = new ArrayList<>();
        List<String> digests = new ArrayList<>();
        for (Split split : Split.values()) {
            Path imageFile = DataSet.find(folder, split, "images", "idx3");
            Path labelFile = DataSet.find(folder, split, "labels", "idx1");
            Idx.Images images = Idx.images(imageFile);
            int labels = Idx.labels(labelFile).length;
            if (labels != images.count()) {
                throw InputException.in(labelFile, labels + " labels for " + images.count() + " images",
                        "as many labels as images");
            }
            files.add(new Found(imageFile, images.count() + " images of " + images.rows() + " x " + images.columns(),
                    digest(imageFile)));
            files.add(new Found(labelFile, labels + " labels", digest(labelFile)));
        }
        files.forEach(found -> digests.add(found.sha256));
        return new Check(List.copyOf(files), Arrays.stream(KnownSet.values())
                .filter(set -> digests.equals(digests(set))).findFirst());
    }

    /**
     * Refuses a folder that isn't exactly the given data set.
     *
     * @return what was found
     * @throws InputException naming the first file that differs, with both digests
     */
    public static Check require(Path folder, KnownSet set) {
        Check check = of(folder);
        List<String> expected = digests(set);
        for (int i = 0; i < expected.size(); i++) {
            Found found = check.files.get(i);
            if (!found.sha256.equals(expected.get(i))) {
                throw InputException.in(found.file, "digest mismatch: SHA-256 " + found.sha256 + " (uncompressed)",
                        expected.get(i) + ", that of " + set.title());
            }
        }
        return check;
    }

    /** The same findings after the files were moved to another folder. */
    Check in(Path folder) {
        return new Check(files.stream().map(found ->
                new Found(folder.resolve(found.file.getFileName()), found.content, found.sha256)).toList(), known);
    }

    private static List<String> digests(KnownSet set) {
        return List.of(set.imageDigest(Split.TRAIN), set.labelDigest(Split.TRAIN),
                set.imageDigest(Split.TEST), set.labelDigest(Split.TEST));
    }

    private static String digest(Path file) {
        try (InputStream in = Idx.stream(file)) {
            return Sha256.of(in);
        } catch (IOException problem) {
            throw InputException.unreadable(file, problem);
        }
    }
}
