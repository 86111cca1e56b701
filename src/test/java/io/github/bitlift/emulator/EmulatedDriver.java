package io.github.bitlift.emulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import jcuda.driver.JCudaDriver;

/**
 * The emulated CUDA driver of {@code native-build/emulator}, built and loaded into this JVM, and what it offers beyond CUDA:
 * counters of what lives, and the order in which the blocks of a grid and the threads of a block run.
 */
final class EmulatedDriver {
    /** In the order of {@code control.cpp}. */
    enum Counter {
        DEVICE_BYTES, DEVICE_BLOCKS, DEVICE_ALLOCATIONS, DEVICE_FREES,
        PINNED_BYTES, PINNED_BLOCKS, PINNED_ALLOCATIONS, PINNED_FREES,
        CONTEXTS, MODULES, STREAMS, EVENTS, GRAPHS, RECLAIMED
    }

    /** {@code forward}, {@code reverse} or {@code random:SEED}. */
    record Order(int kind, long seed) {
        static final String PROPERTY = "bitlift.emulator.order";

        static Order parse(String text) {
            if (text.equals("forward")) {
                return new Order(0, 0);
            }
            if (text.equals("reverse")) {
                return new Order(1, 0);
            }
            if (text.matches("random:[0-9]{1,18}")) {
                return new Order(2, Long.parseLong(text.substring(text.indexOf(':') + 1)));
            }
            throw new IllegalArgumentException(PROPERTY + " is '" + text + "'; expected forward, reverse or random:SEED");
        }
    }

    private EmulatedDriver() {
    }

    static boolean compilerPresent() {
        try {
            Process process = new ProcessBuilder("g++", "--version").redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Builds driver and kernels into {@code out}, reusing what is up to date there. */
    static void build(Path home, Path kernels, Path out) throws IOException, InterruptedException {
        Files.createDirectories(out);
        Path log = out.resolve("build.log");
        Process make = new ProcessBuilder("make", "-j2", "-C", home.resolve("native-build/emulator").toString(),
                "OUT=" + out, "KERNELS=" + kernels).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        if (!make.waitFor(5, TimeUnit.MINUTES) || make.exitValue() != 0) {
            make.destroyForcibly();
            throw new IllegalStateException("the emulator's build failed:\n" + Files.readString(log));
        }
    }

    /**
     * Loads the driver, the kernels and JCuda's native, which then finds the driver in place. JCuda unpacks its native into
     * {@code java.io.tmpdir} and trusts whatever lies there, so it gets a directory of its own for that moment.
     */
    static void load(Path out, Path privateDirectory) {
        System.load(out.resolve("libcuda.so.1").toString());
        System.load(out.resolve("libbitlift-kernels.so").toString());
        String shared = System.setProperty("java.io.tmpdir", privateDirectory.toString());
        try {
            JCudaDriver.cuDriverGetVersion(new int[1]);
        } finally {
            System.setProperty("java.io.tmpdir", shared);
        }
        if (System.getProperty(Order.PROPERTY) != null) {
            setOrder(System.getProperty(Order.PROPERTY));
        }
    }

    static void setOrder(String text) {
        Order order = Order.parse(text);
        if (!order(order.kind(), order.seed())) {
            throw new IllegalStateException("the emulated driver refuses the order " + text);
        }
    }

    static long count(Counter counter) {
        return counter(counter.ordinal());
    }

    private static native long counter(int which);

    private static native boolean order(int kind, long seed);
}
