package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.BackendException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import jcuda.Pointer;

/**
 * JCuda's native library as a file: in the user's cache folder ({@code XDG_CACHE_HOME}, else {@code ~/.cache}), under
 * {@code bitlift/SHA-256 of the library}, in folders that only the user may enter. It is unpacked once, written beside its
 * place and renamed, and compared with the jar's at each start; so several JVMs may start at once, versions don't meet, and
 * a damaged file is replaced. Where the cache folder can't be written, a new private folder under {@code java.io.tmpdir}
 * serves this JVM.
 */
final class UnpackedLibrary {
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    private UnpackedLibrary() {}

    /**
     * The file, unpacked and checked.
     *
     * @param name the library's file name
     * @throws BackendException if the jar lacks it or nothing can be written
     */
    static Path of(String name) {
        byte[] content = content(name);
        try {
            return in(cache(), name, content);
        } catch (IOException | RuntimeException notThere) {
            try {
                Path folder = Files.createTempDirectory("bitlift-", PosixFilePermissions.asFileAttribute(PRIVATE));
                folder.toFile().deleteOnExit();
                Path file = in(folder, name, content);
                file.getParent().toFile().deleteOnExit();
                file.toFile().deleteOnExit();
                return file;
            } catch (IOException e) {
                throw new BackendException("cuda: " + name + " can't be unpacked to " + cache() + " (" + notThere
                        + ") nor to " + System.getProperty("java.io.tmpdir") + " (" + e + ")", e);
            }
        }
    }

    private static Path cache() {
        String chosen = System.getenv("XDG_CACHE_HOME");
        boolean absolute = chosen != null && chosen.startsWith("/");
        return (absolute ? Path.of(chosen) : Path.of(System.getProperty("user.home"), ".cache")).resolve("bitlift");
    }

    private static byte[] content(String name) {
        try (InputStream in = Pointer.class.getResourceAsStream("/lib/" + name)) {
            if (in == null) {
                throw new BackendException("cuda: " + name + " isn't on the class path; add jcuda-natives (linux-x86_64)");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new BackendException("cuda: " + name + " can't be read from its jar: " + e, e);
        }
    }

    /** Unpacks into {@code base/HASH}, unless the file there is the right one already. */
    static Path in(Path base, String name, byte[] content) throws IOException {
        byte[] hash = sha256(content);
        Path folder = base.resolve(HexFormat.of().formatHex(hash));
        makePrivate(base);
        makePrivate(folder);
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                || !MessageDigest.isEqual(sha256(Files.readAllBytes(file)), hash)) {
            Path fresh = Files.createTempFile(folder, name, ".new");
            try {
                Files.write(fresh, content);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
        }
        return file;
    }

    /** A folder of the user's own that nobody else may enter; one that others own or may write is refused. */
    private static void makePrivate(Path folder) throws IOException {
        Files.createDirectories(folder.getParent());
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
            } catch (FileAlreadyExistsException another) {
                // Another JVM was faster, or it is no folder, which the next line finds.
            }
        }
        // Only the owner may do this, so it fails for a folder planted by somebody else.
        Files.getFileAttributeView(folder, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setPermissions(PRIVATE);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
