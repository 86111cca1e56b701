package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.BackendException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import jcuda.JCudaVersion;
import jcuda.LibUtils;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * Loads JCuda's native library, and with it the driver, safely into an application that isn't ours.
 *
 * <p>JCuda's loader unpacks into {@code java.io.tmpdir}, and loads whatever file of that name lies there: a half-written one
 * of another JVM, or one planted by another user. The property belongs to the whole JVM, so it isn't changed here, not even
 * for a moment. Instead JCuda's class {@code LibUtils} is defined before its first use from its own bytes, in which the
 * property's name is replaced by {@value #PROPERTY}, of the same length; that property names the private folder of
 * {@link UnpackedLibrary}. Only {@link MethodHandles.Lookup#defineClass} is needed for it.
 *
 * <ul>
 * <li>A library on {@code java.library.path} comes first, as always with JCuda: that is somebody's choice.
 * <li>If the application has used JCuda before, its class is there already and so, as a rule, is the library: it is used.
 * <li>Nothing is touched until a CUDA backend is opened or devices are listed. A failure (no driver) leaves the class
 * {@code JCudaDriver} unused, so that another attempt, say with the emulated driver, can succeed.
 * </ul>
 */
final class Natives {
    /** As long as the name that it replaces. */
    static final String PROPERTY = "bitlift.native";
    private static final String REPLACED = "java.io.tmpdir";

    /** Which driver this JVM has, null before the first success: a process holds one, so this is a fact and no setting. */
    private static Boolean emulatedDriver;
    /** Whether JCuda's loader is the redirected one; an attempt that fails leaves it so for the next. */
    private static boolean redirected;

    private Natives() {}

    /**
     * Makes {@code jcuda.driver.JCudaDriver} usable.
     *
     * @throws BackendException in one line, if there is no driver, or this JVM has the other one
     */
    static synchronized void load(boolean emulated) {
        if (emulatedDriver == null) {
            requireLinux();
            if (emulated) {
                EmulatedDriver.load();
            } else if (EmulatedDriver.isLoaded()) {
                throw other(true);
            }
            loadBinding();
            emulatedDriver = emulated;
        } else if (emulatedDriver != emulated) {
            throw other(emulatedDriver);
        }
    }

    private static BackendException other(boolean emulated) {
        return new BackendException(emulated
                ? "cuda: this JVM runs on the emulated driver and can't use a GPU any more; "
                        + "start another, or use --device emulated"
                : "cuda: this JVM uses NVIDIA's driver and can't load the emulated one any more; start another JVM");
    }

    private static void requireLinux() {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!system.equals("Linux amd64")) {
            throw new BackendException("cuda: JCuda's libraries for " + system
                    + " are not included, expected Linux amd64; use --backend cpu (same bits)");
        }
    }

    private static void loadBinding() {
        String name = "JCudaDriver-" + JCudaVersion.get() + "-linux-x86_64";
        System.setProperty(PROPERTY, UnpackedLibrary.of("lib" + name + ".so").getParent().toString());
        redirected = redirected || redirectLoader();
        try {
            if (redirected) {
                LibUtils.loadLibrary(name);
            }
            // Initialises JCuda's class, which may load once more where the application chose how.
            JCudaDriver.cuDriverGetVersion(new int[1]);
        } catch (LinkageError e) {
            throw new BackendException(reason(String.valueOf(e.getMessage())), e);
        }
    }

    /** The loader's message is pages long, with the stack traces of both its attempts. */
    private static String reason(String message) {
        if (message.contains("libcuda.so.1")) {
            return "cuda: no NVIDIA driver (libcuda.so.1 not found); install the driver (e.g. nvidia-driver-535 or newer)"
                    + ", or use --backend cpu (same bits)";
        }
        String link = message.lines().filter(line -> line.contains("UnsatisfiedLinkError"))
                .reduce((first, last) -> last).orElse(message);
        return "cuda: JCuda's native library doesn't load: " + link.strip() + "; use --backend cpu (same bits)";
    }

    /** False if the application has used JCuda before, and so has chosen how it loads. */
    private static boolean redirectLoader() {
        try (InputStream in = Pointer.class.getResourceAsStream("/jcuda/LibUtils.class")) {
            byte[] bytes = in.readAllBytes();
            int at = indexOf(bytes, REPLACED.getBytes(StandardCharsets.US_ASCII));
            if (at < 0) {
                throw new BackendException(
                        "cuda: JCuda " + JCudaVersion.get() + " has another loader than expected (12.6.0)");
            }
            System.arraycopy(PROPERTY.getBytes(StandardCharsets.US_ASCII), 0, bytes, at, REPLACED.length());
            MethodHandles.privateLookupIn(Pointer.class, MethodHandles.lookup()).defineClass(bytes);
            return true;
        } catch (LinkageError alreadyThere) {
            return false;
        } catch (IOException | IllegalAccessException e) {
            throw new BackendException("cuda: JCuda's loader can't be prepared: " + e, e);
        }
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int at = 0; at + wanted.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }
}
