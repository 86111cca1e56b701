package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.BackendException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The emulated CUDA driver of {@code native-build/emulator}: a {@code libcuda.so.1} that runs the kernels, compiled by
 * g++, on the processor. Loaded before JCuda is touched, it takes the place of NVIDIA's driver for this JVM's whole life.
 *
 * <p>Beyond CUDA it counts what lives, chooses the order in which blocks and threads run, and can leave kernels out.
 */
public final class EmulatedDriver {
    /** System property that names a folder with a driver already built. */
    public static final String FOLDER_PROPERTY = "bitlift.emulator";
    /** System property with the first order; see {@link #order(String)}. */
    public static final String ORDER_PROPERTY = "bitlift.emulator.order";

    /** In the order of {@code control.cpp}. */
    private static final List<String> COUNTERS = List.of(
            "device-bytes", "device-blocks", "device-allocations", "device-frees",
            "pinned-bytes", "pinned-blocks", "pinned-allocations", "pinned-frees",
            "contexts", "modules", "streams", "events", "graphs", "reclaimed", "launches", "checks");

    /** A process holds one driver, so this is a fact about the JVM, not a setting: written once, under the class's lock. */
    private static volatile Path loadedFrom;
    /** The driver's state, for reports: the order last chosen, at first the environment's. */
    private static volatile String currentOrder = System.getenv().getOrDefault("BITLIFT_EMULATOR_ORDER", "forward");

    private EmulatedDriver() {}

    /** Why the emulated driver can't be built on this machine, in one line with the remedy; empty where it can. */
    public static Optional<String> obstacle() {
        return EmulatorBuild.obstacle();
    }

    /**
     * Builds driver and kernels into {@code home/target/emulator}; where they are up to date this takes a moment.
     *
     * @param home the folder with {@code native-build} and {@code kernels}
     * @return the folder to load from
     * @throws BackendException if a program is missing or the build fails: one line, which names the build's log
     */
    public static Path build(Path home) {
        return new EmulatorBuild(home, home.resolve("target/emulator"), List.of(home.resolve("kernels"))).run();
    }

    /**
     * Loads the driver from where the system property {@code bitlift.emulator} says, else builds it first at
     * {@code bitlift.home}. Does nothing where it is loaded already.
     *
     * @throws BackendException as {@link #build} and {@link #load(Path)} do
     */
    public static synchronized void load() {
        if (!isLoaded()) {
            String folder = System.getProperty(FOLDER_PROPERTY);
            load(folder != null ? Path.of(folder) : build(Path.of(System.getProperty("bitlift.home", "."))));
        }
    }

    /**
     * Loads driver and kernels from a folder, once in a JVM and before JCuda is touched.
     *
     * @throws BackendException if they aren't there, don't load, or others are loaded already
     */
    public static synchronized void load(Path folder) {
        Path wanted = folder.toAbsolutePath().normalize();
        if (isLoaded()) {
            if (!wanted.equals(loadedFrom)) {
                throw new BackendException("the emulated CUDA driver is loaded from " + loadedFrom
                        + "; a process can't load another one from " + wanted);
            }
            return;
        }
        load(wanted, "libcuda.so.1");
        load(wanted, "libbitlift-kernels.so");
        loadedFrom = wanted;
        String first = System.getProperty(ORDER_PROPERTY);
        if (first != null) {
            order(first);
        }
    }

    private static void load(Path folder, String library) {
        Path file = folder.resolve(library);
        if (!Files.isRegularFile(file)) {
            throw new BackendException("no emulated CUDA driver in " + folder + ": " + library
                    + " is missing; build it with make -C native-build/emulator OUT=FOLDER KERNELS=kernels (absolute paths)");
        }
        try {
            System.load(file.toString());
        } catch (UnsatisfiedLinkError refused) {
            throw new BackendException("the emulated CUDA driver doesn't load: " + refused.getMessage(), refused);
        }
    }

    /** Whether this JVM runs on the emulated driver. */
    public static boolean isLoaded() {
        return loadedFrom != null;
    }

    /**
     * The order in which the blocks of a grid and the threads of a block get their turn from now on: {@code forward},
     * {@code reverse} or {@code random:SEED}. A kernel whose bits depend on it is wrong.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static void order(String order) {
        requireLoaded();
        boolean known = order.equals("forward") ? chooseOrder(0, 0)
                : order.equals("reverse") ? chooseOrder(1, 0)
                : order.matches("random:[0-9]{1,18}") && chooseOrder(2, Long.parseLong(order.substring("random:".length())));
        if (!known) {
            throw new IllegalArgumentException("order of the emulated CUDA driver is '" + order
                    + "'; expected forward, reverse or random:SEED");
        }
        currentOrder = order;
    }

    /** The order last chosen. */
    public static String order() {
        return currentOrder;
    }

    /**
     * What lives now or has happened since the driver was loaded: {@code device-} and {@code pinned-} with {@code bytes},
     * {@code blocks}, {@code allocations} and {@code frees}; {@code contexts}, {@code modules}, {@code streams},
     * {@code events}, {@code graphs}; {@code reclaimed}, objects that a context had to take down with itself;
     * {@code launches}, kernels run; {@code checks}, 1 in a checked build, 2 under AddressSanitizer.
     *
     * @throws IllegalArgumentException for another name
     */
    public static long counter(String name) {
        requireLoaded();
        int which = COUNTERS.indexOf(name);
        if (which < 0) {
            throw new IllegalArgumentException("no counter '" + name + "'; there are " + String.join(", ", COUNTERS));
        }
        return readCounter(which);
    }

    /** Every kernel of the library by name, with how often it has started since the driver was loaded. */
    public static SortedMap<String, Long> kernels() {
        requireLoaded();
        SortedMap<String, Long> kernels = new TreeMap<>();
        for (int index = 0; kernelRuns(index) >= 0; index++) {
            StringBuilder name = new StringBuilder();
            for (byte letter = kernelLetter(index, 0); letter != 0; letter = kernelLetter(index, name.length())) {
                name.append((char) letter);
            }
            kernels.put(name.toString(), kernelRuns(index));
        }
        return kernels;
    }

    /** Whether launches run anything from now on. Without execution kernels and graphs cost their call and do nothing. */
    public static void execution(boolean on) {
        requireLoaded();
        execute(on);
    }

    private static void requireLoaded() {
        if (!isLoaded()) {
            throw new IllegalStateException("the emulated CUDA driver isn't loaded");
        }
    }

    private static native long readCounter(int which);

    private static native long kernelRuns(int index);

    private static native byte kernelLetter(int index, int at);

    private static native boolean chooseOrder(int kind, long seed);

    private static native void execute(boolean on);
}
