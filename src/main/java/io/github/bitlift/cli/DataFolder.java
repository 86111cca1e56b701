package io.github.bitlift.cli;

import io.github.bitlift.data.Fetch;
import io.github.bitlift.data.KnownSet;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;

/** A folder of IDX files: its path, or the name of a set that {@code bitlift data fetch} puts into a place of its own. */
final class DataFolder implements ITypeConverter<Path> {
    @Override
    public Path convert(String value) {
        Path folder = Path.of(value);
        return Files.exists(folder) ? folder : KnownSet.named(value).map(DataFolder::of).orElse(folder);
    }

    private static Path of(KnownSet set) {
        return set == KnownSet.MNIST5K ? Home.bundledData() : Fetch.defaultFolder(set, System.getenv());
    }
}
