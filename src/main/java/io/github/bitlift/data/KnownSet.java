package io.github.bitlift.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Data sets whose every byte we know: SHA-256 of the four uncompressed IDX files, so that a copy is
 * recognised however it was compressed. Images are 28 x 28.
 */
public enum KnownSet {

    /** Handwritten digits, 60,000 + 10,000. */
    MNIST(
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),

    /** Pictures of clothing, 60,000 + 10,000. */
    FASHION_MNIST(
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),

    /** The first 5,000 + 500 digits of MNIST, which come with Bitlift in {@code validation/data/mnist5k}. */
    MNIST5K(
            "1e3ffdb2f57e22d9e5363dde25c2d057542c2e72baa312f0f3b03948bb3802b7",
            "685aeb7baef68233efa643639a5e9c15bb48be09a628f96fb7f606ca2a1ea7bc",
            "de0a55d8eb2a23fce4f596c5234b08b9c8ee685583a2b0e52f3a78eca48f9d89",
            "60e902e82445d902e245e1b039469f36936d63cb28e81527a7bbba247c240af3");

    private final List<String> digests;

    KnownSet(String... digests) {
        this.digests = List.of(digests);
    }

    /** The set of a name as users write it, such as {@code fashion-mnist}. */
    public static Optional<KnownSet> named(String name) {
        return Arrays.stream(values()).filter(set -> set.title().equals(name)).findFirst();
    }

    /** Its name as users write it. */
    public String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** SHA-256 of the uncompressed image file of a split. */
    public String imageDigest(Split split) {
        return digests.get(split == Split.TRAIN ? 0 : 2);
    }

    /** SHA-256 of the uncompressed label file of a split. */
    public String labelDigest(Split split) {
        return digests.get(split == Split.TRAIN ? 1 : 3);
    }

    /** The names of all sets, for messages. */
    public static String titles() {
        return Arrays.stream(values()).map(KnownSet::title).collect(Collectors.joining(", "));
    }
}
