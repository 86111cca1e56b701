package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.BackendException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

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

    /** Why the emulated driver can't be used, in one line with the remedy; empty where it can. */
    public static Optional<String> obstacle() {
        try {
            Optional<Path> folder = named();
            if (folder.isPresent()) {
                requireWhole(folder.get());
                return Optional.empty();
            }
            return usual().obstacleHere();
        } catch (BackendException problem) {
            return Optional.of(problem.getMessage());
        }
    }

    /** Why its next use builds it first: {@code not built yet}, say; empty if it is ready. */
    public static Optional<String> pending() {
        return named().isPresent() ? Optional.empty() : usual().pending();
    }

    /**
     * Makes sure that there is something to load: builds driver and kernels of {@code bitlift.home} into its
     * {@code target/emulator}, unless they are there and up to date or {@code bitlift.emulator} names another folder.
     *
     * @param remarks told why and how far, a line at a time
     * @return the folder to load from
     * @throws BackendException if a program is missing or the build fails: one line, which names the build's log
     */
    public static Path prepare(Consumer<String> remarks) {
        return named().orElseGet(() -> usual().run(remarks));
    }

    private static EmulatorBuild usual() {
        Path home = Path.of(System.getProperty("bitlift.home", "."));
        return new EmulatorBuild(home, home.resolve("target/emulator"), List.of(home.resolve("kernels")));
    }

    private static Optional<Path> named() {
        String folder = System.getProperty(FOLDER_PROPERTY);
        if (folder != null && folder.isBlank()) {
            throw new BackendException("-D" + FOLDER_PROPERTY
                    + "= names no folder; name one with a finished build, or leave it out");
        }
        return Optional.ofNullable(folder).map(Path::of);
    }

    /**
     * Loads the driver from where the system property {@code bitlift.emulator} says, else builds it first at
     * {@code bitlift.home}. Does nothing where it is loaded already.
     *
     * @throws BackendException as {@link #prepare} and {@link #load(Path)} do
     */
    public static synchronized void load() {
        if (!isLoaded()) {
            load(prepare(remark -> { }));
        }
    }

    /**
     * Loads driver and kernels of a finished build from a folder, once in a JVM and before JCuda is touched.
     *
     * @throws BackendException if they aren't there or not as they were built, don't load, or others are loaded already
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
        requireWhole(wanted);
        loadLibrary(wanted.resolve(EmulatorStamp.DRIVER));
        loadLibrary(wanted.resolve(EmulatorStamp.KERNELS));
        loadedFrom = wanted;
        String first = System.getProperty(ORDER_PROPERTY);
        if (first != null) {
            order(first);
        }
    }

    /** Loading half a library ends the JVM with a signal. */
    private static void requireWhole(Path folder) {
        Optional<String> damage;
        try {
            damage = EmulatorStamp.damage(folder);
        } catch (IOException problem) {
            damage = Optional.of(problem.toString());
        }
        damage.ifPresent(why -> {
            throw new BackendException("no usable emulated CUDA driver in " + folder + ": " + why + "; name a copy of a finished"
                    + " target/emulator with -D" + FOLDER_PROPERTY + "=FOLDER, or leave that out and it is built");
        });
    }

    private static void loadLibrary(Path file) {
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
