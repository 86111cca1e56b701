package io.github.bitlift.backend.cuda;

import io.github.bitlift.io.AtomicFile;
import io.github.bitlift.io.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a build of the emulated driver was made of and what it gave: the SHA-256 of every source and library, in the file
 * {@value #NAME} beside the libraries. It is written last and in one piece, so a build that was stopped has none, and a
 * library that was damaged since doesn't fit it. The format is that of {@code sha256sum}, with paths relative to home.
 *
 * @param kind of checks
 * @param sources path relative to home, and hash
 * @param libraries file name and hash; none for a library that wasn't asked for
 */
record EmulatorStamp(String kind, SortedMap<String, String> sources, SortedMap<String, String> libraries) {
    static final String NAME = "stamp";
    static final String DRIVER = "libcuda.so.1";
    static final String KERNELS = "libbitlift-kernels.so";
    private static final List<String> LIBRARIES = List.of(DRIVER, KERNELS);
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (.+)");
    private static final String KIND = "# checks: ";

    /** The sources as they are, and no library yet. */
    static EmulatorStamp ofSources(EmulatorBuild build) throws IOException {
        SortedMap<String, String> sources = new TreeMap<>();
        add(build, build.home().resolve("native-build/emulator"), Integer.MAX_VALUE, ".*(?<!\\.md)", sources);
        for (Path folder : build.kernels()) {
            add(build, folder, 1, ".*\\.cuh?", sources);
        }
        return new EmulatorStamp(build.checks().name(), sources, new TreeMap<>());
    }

    private static void add(EmulatorBuild build, Path folder, int depth, String names, SortedMap<String, String> sources)
            throws IOException {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                if (file.getFileName().toString().matches(names)) {
                    sources.put(build.home().relativize(file).toString(), hash(file));
                }
            }
        }
    }

    private static String hash(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Sha256.of(in);
        }
    }

    /** These sources with the libraries of a folder. */
    EmulatorStamp with(Path folder) throws IOException {
        SortedMap<String, String> hashes = new TreeMap<>();
        for (String library : LIBRARIES) {
            Path file = folder.resolve(library);
            if (Files.isRegularFile(file)) {
                hashes.put(library, hash(file));
            }
        }
        return new EmulatorStamp(kind, sources, hashes);
    }

    /** What a folder's stamp says; empty if there is none. */
    static Optional<EmulatorStamp> read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        String kind = "";
        SortedMap<String, String> sources = new TreeMap<>();
        SortedMap<String, String> libraries = new TreeMap<>();
        for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n")) {
            Matcher entry = LINE.matcher(line);
            if (line.startsWith(KIND)) {
                kind = line.substring(KIND.length());
            } else if (entry.matches()) {
                String name = entry.group(2).substring(entry.group(2).lastIndexOf('/') + 1);
                if (LIBRARIES.contains(name)) {
                    libraries.put(name, entry.group(1));
                } else {
                    sources.put(entry.group(2), entry.group(1));
                }
            }
        }
        return Optional.of(new EmulatorStamp(kind, sources, libraries));
    }

    /** Why a folder's libraries can't be loaded: {@code libcuda.so.1 is damaged}; empty if they are as they were built. */
    static Optional<String> damage(Path folder) throws IOException {
        Optional<EmulatorStamp> stamp = read(folder);
        if (stamp.isEmpty()) {
            return Optional.of("no build was finished there");
        }
        EmulatorStamp found = stamp.get().with(folder);
        return LIBRARIES.stream().filter(name -> !Files.isRegularFile(folder.resolve(name))).map(name -> name + " is missing")
                .findFirst().or(() -> LIBRARIES.stream()
                        .filter(name -> !found.libraries.get(name).equals(stamp.get().libraries.get(name)))
                        .map(name -> name + " is damaged").findFirst());
    }

    /** The sources that this stamp has otherwise, or doesn't have. */
    List<String> changed(EmulatorStamp now) {
        return now.sources.keySet().stream().filter(path -> !now.sources.get(path).equals(sources.get(path))).toList();
    }

    void write(Path home, Path folder) {
        StringBuilder text = new StringBuilder(KIND).append(kind).append('\n');
        sources.forEach((path, hash) -> text.append(hash).append("  ").append(path).append('\n'));
        libraries.forEach((name, hash) -> text.append(hash).append("  ").append(home.relativize(folder.resolve(name)))
                .append('\n'));
        AtomicFile.write(folder.resolve(NAME), out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
