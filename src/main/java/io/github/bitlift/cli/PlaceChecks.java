package io.github.bitlift.cli;

import io.github.bitlift.data.Check;
import io.github.bitlift.data.Fetch;
import io.github.bitlift.data.KnownSet;
import io.github.bitlift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code bitlift doctor} looks at on the disk: data sets, space, the right to write. */
final class PlaceChecks {
    private static final long ENOUGH = 2L << 30;

    private PlaceChecks() {}

    /** All of them. */
    static List<Finding> all() {
        List<Finding> findings = new ArrayList<>();
        findings.add(bundled());
        findings.add(fetched(KnownSet.MNIST));
        findings.add(fetched(KnownSet.FASHION_MNIST));
        Path here = Path.of("").toAbsolutePath();
        findings.add(space(here));
        findings.add(writable(here));
        return findings;
    }

    private static Finding bundled() {
        Path folder = Home.bundledData();
        try {
            Check.require(folder, KnownSet.MNIST5K);
            return Finding.ok("data: bundled", "5,000 + 500 digits of MNIST, every byte as it should be");
        } catch (InputException problem) {
            return Finding.broken("data: bundled", problem.getMessage(), "get a fresh copy of Bitlift");
        }
    }

    private static Finding fetched(KnownSet set) {
        Path folder = Fetch.defaultFolder(set, System.getenv());
        String what = "data: " + set.title();
        return Files.isDirectory(folder) ? Finding.ok(what, folder.toString())
                : Finding.missing(what, "not fetched", "bitlift data fetch " + set.title());
    }

    private static Finding space(Path here) {
        try {
            long free = Files.getFileStore(here).getUsableSpace();
            String found = String.format(Locale.ROOT, "%.1f GiB free", free / (double) (1L << 30));
            return free >= ENOUGH ? Finding.ok("disk", found)
                    : Finding.missing("disk", found, "2 GiB leave room for checkpoints of large runs");
        } catch (IOException problem) {
            return Finding.missing("disk", "free space unknown: " + problem.getMessage(), "none");
        }
    }

    private static Finding writable(Path here) {
        Path out = here.resolve("out");
        boolean writable = Files.exists(out) ? Files.isDirectory(out) && Files.isWritable(out)
                : Files.isWritable(here);
        return writable ? Finding.ok("output folder", out + " can be written")
                : Finding.missing("output folder", out + " cannot be written", "give --out a folder that can be");
    }
}
