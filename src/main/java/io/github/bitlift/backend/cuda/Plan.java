package io.github.bitlift.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;

/**
 * A program on paper: its launches and copies, the descriptors they read, and how much scratch memory they need.
 *
 * <p>Nodes run one after the other, so all operations share one piece of scratch memory.
 */
final class Plan {
    /** The widest alignment that a kernel may ask for. */
    private static final int ALIGNMENT = 256;

    /** A node whose addresses aren't all known yet. */
    sealed interface Node permits Kernel, Copied {}

    /** A kernel launch. */
    record Kernel(String operation, String name, CUfunction function, Grid grid, List<Value> parameters) implements Node {}

    /** A copy on the device. */
    record Copied(DeviceCopy copy) implements Node {}

    private final Context context;
    private final Modules modules;
    private final Operands operands;
    private final List<String> operations = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Struct> descriptors = new ArrayList<>();
    private long descriptorBytes;
    private long scratchUsed;
    private long scratchBytes;

    Plan(Context context, Modules modules) {
        this.context = context;
        this.modules = modules;
        operands = new Operands(context);
    }

    /**
     * Starts the next operation; the scratch memory of the one before is free again.
     *
     * @param description its name and sizes, for messages
     */
    void operation(String description) {
        operations.add(description);
        scratchUsed = 0;
    }

    /** What so many bytes of scratch take. */
    static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Memory that lasts until the operation's end. */
    Value scratch(long bytes) {
        long at = scratchUsed;
        scratchUsed = aligned(at + bytes);
        scratchBytes = Math.max(scratchBytes, scratchUsed);
        return Value.scratch(at);
    }

    /** Structs of one kind, one after the other in device memory; the address of the first. */
    Value descriptors(List<Struct> structs) {
        long at = descriptorBytes;
        for (Struct struct : structs) {
            descriptors.add(struct);
            descriptorBytes += struct.size();
        }
        return Value.descriptor(at);
    }

    /** The kernel {@code name} of {@code kernels/stem.cu}, as part of the operation. */
    void launch(String stem, String name, Grid grid, Value... parameters) {
        CUfunction function = modules.function(stem, name);
        if (grid.shared() > 0) {
            modules.allowShared(function, name);
        }
        nodes.add(new Kernel(current(), name, function, grid, List.of(parameters)));
    }

    /** The same once for each descriptor: along the grid's y, in several launches where there are more than y may be. */
    void launchForEach(String stem, String name, Grid grid, List<Struct> structs) {
        for (int from = 0; from < structs.size(); from += Grid.MOST_DESCRIPTORS) {
            List<Struct> part = structs.subList(from, Math.min(structs.size(), from + Grid.MOST_DESCRIPTORS));
            launch(stem, name, grid.times(part.size()), descriptors(part));
        }
    }

    /** A copy on the device, as part of the operation. */
    void copy(CUdeviceptr to, CUdeviceptr from, long bytes) {
        nodes.add(new Copied(new DeviceCopy(current(), to, from, bytes)));
    }

    private String current() {
        return operations.get(operations.size() - 1);
    }

    Operands operands() {
        return operands;
    }

    DeviceInfo device() {
        return context.device();
    }

    List<String> operations() {
        return operations;
    }

    List<Node> nodes() {
        return nodes;
    }

    List<Struct> descriptors() {
        return descriptors;
    }

    long descriptorBytes() {
        return descriptorBytes;
    }

    long scratchBytes() {
        return scratchBytes;
    }
}
