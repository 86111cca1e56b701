package io.github.bitlift.cli;

import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.cuda.CudaDevices;
import io.github.bitlift.backend.cuda.DeviceInfo;
import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.numerics.Numerics;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code bitlift doctor} looks at on the machine itself: Java, processor, graphics card, programs. */
final class MachineChecks {
    private static final String MODULE = "jdk.incubator.vector";

    private MachineChecks() {}

    /** All of them. */
    static List<Finding> all() {
        // Java's drawing is slow to start, and needs nothing of the others.
        CompletableFuture<Finding> drawing = CompletableFuture.supplyAsync(MachineChecks::drawing);
        List<Finding> devices = List.of(cuda(), emulator(), opencl());
        return Stream.of(
                        Stream.of(java(), processor(), memory(), vector(), fma(), backend(), drawing.join()),
                        devices.stream(),
                        // Nothing can be built in a bundle.
                        Home.isBundle() ? Stream.<Finding>empty() : Stream.of(
                                program("g++", "for --device emulated and ./bitlift check", "apt-get install g++"),
                                program("make", "for --device emulated and ./bitlift check", "apt-get install make"),
                                program("mvn", "for building", "apt-get install maven"),
                                program("nvcc", "only for rebuilding CUDA kernels", "install the CUDA toolkit")))
                .flatMap(findings -> findings)
                .toList();
    }

    private static Finding java() {
        return Finding.ok("Java", System.getProperty("java.version") + ", " + System.getProperty("java.vendor") + ", "
                + System.getProperty("java.vm.name"));
    }

    private static Finding processor() {
        return Finding.ok("processor", System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " cores for this process");
    }

    private static Finding memory() {
        long heap = Runtime.getRuntime().maxMemory() >> 20;
        String found = heap + " MiB for the Java heap";
        return heap >= 1024 ? Finding.ok("memory", found)
                : Finding.missing("memory", found, "1 GiB or more for the demo; set BITLIFT_MEMORY=2g if there is more");
    }

    private static Finding vector() {
        boolean loaded = ModuleLayer.boot().findModule(MODULE).isPresent();
        return loaded ? Finding.ok("Vector API", "module " + MODULE + " is loaded")
                : Finding.missing("Vector API", "module " + MODULE + " is not loaded",
                        "start Java with --add-modules " + MODULE + ", as ./bitlift does; same bits, but slower without");
    }

    private static Finding fma() {
        try {
            Numerics.requireFusedMultiplyAdd();
        } catch (IllegalStateException problem) {
            return Finding.broken("fused multiply-add", problem.getMessage(), "use another Java release");
        }
        return Numerics.fmaIsFast() ? Finding.ok("fused multiply-add", "exact and fast")
                : Finding.missing("fused multiply-add", "exact but emulated in software, hundreds of times slower",
                        "a processor with FMA (x86 since 2013, all 64-bit ARM)");
    }

    private static Finding backend() {
        try (CpuBackend cpu = new CpuBackend()) {
            return Finding.ok("cpu backend", cpu.description());
        } catch (IllegalStateException problem) {
            return Finding.broken("cpu backend", problem.getMessage(), "--backend reference");
        }
    }

    private static Finding drawing() {
        if (Home.isBundle()) {
            return Finding.missing("charts", "not in this bundle: train leaves its pictures out", "use the full build");
        }
        try {
            BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
            image.createGraphics().getFontMetrics().stringWidth("bitlift");
            return Finding.ok("charts", "Java can draw text");
        } catch (LinkageError | InternalError | NullPointerException problem) {
            return Finding.broken("charts", "Java cannot draw text", "apt-get install fontconfig fonts-dejavu-core");
        }
    }

    private static Finding cuda() {
        CudaDevices found = CudaDevices.find();
        if (found.problem() != null) {
            return missing("CUDA", found.problem().replaceFirst("^cuda: ", ""));
        }
        return Finding.ok("CUDA", (found.emulated() ? "emulated driver" : "driver") + " for CUDA " + found.version() + "; "
                + found.devices().stream().map(DeviceInfo::description).collect(Collectors.joining("; ")));
    }

    private static Finding emulator() {
        String what = "CUDA emulated";
        return EmulatedDriver.obstacle().map(problem -> missing(what, problem))
                .or(() -> EmulatedDriver.pending().map(state -> Finding.missing(
                        what, state, "--backend cuda --device emulated builds it first, in about a minute")))
                .orElse(Finding.ok(what, "ready: --backend cuda --device emulated runs the kernels on the processor"));
    }

    /** A problem whose text is a reason, a semicolon and a remedy. */
    private static Finding missing(String what, String problem) {
        String[] parts = problem.split("; ", 2);
        return Finding.missing(what, parts[0], parts.length > 1 ? parts[1] : "--backend cpu (same bits)");
    }

    private static Finding opencl() {
        String later = "the OpenCL backend is not part of this version; use --backend cpu (same bits)";
        Path vendors = Path.of("/etc/OpenCL/vendors");
        try (Stream<Path> files = Files.isDirectory(vendors) ? Files.list(vendors) : Stream.empty()) {
            List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
            return Finding.missing("OpenCL", names.isEmpty() ? "no driver" : String.join(", ", names), later);
        } catch (IOException problem) {
            return Finding.missing("OpenCL", vendors + " cannot be read", later);
        }
    }

    private static Finding program(String name, String purpose, String remedy) {
        return onPath(name).map(path -> Finding.ok(name, path + ", " + purpose))
                .orElse(Finding.missing(name, "not found; " + purpose, remedy));
    }

    private static Optional<Path> onPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
