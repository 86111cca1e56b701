package io.github.bitlift.backend.cuda;

import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/**
 * What a program owns: descriptors and scratch on the device; pinned on the host the kernels' parameters, with the table of
 * their addresses that a launch takes, and the descriptors' image. Used within the context's scope.
 */
final class ProgramMemory {
    private static final String SUBJECT = "a program's descriptors and scratch";

    private final Context context;
    private final Arena arena;
    private final CUdeviceptr descriptors;
    private CUdeviceptr scratch;
    private Pointer pinned;
    private final List<Work> works = new ArrayList<>();

    /** Allocates all or nothing, and sends the descriptors off. */
    ProgramMemory(Context context, Arena arena, Plan plan) {
        this.context = context;
        this.arena = arena;
        descriptors = arena.allocate(plan.descriptorBytes(), SUBJECT + " (" + plan.descriptorBytes() + " bytes)");
        try {
            scratch = arena.allocate(plan.scratchBytes(), SUBJECT + " (" + plan.scratchBytes() + " bytes)");
            long parameters = plan.nodes().stream().mapToLong(ProgramMemory::parameterBytes).sum();
            long bytes = parameters + plan.descriptorBytes();
            if (bytes > 0) {
                pinned = arena.pin(bytes, 0, "a program's parameters (" + bytes + " bytes)");
                fill(plan, pinned.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder()), (int) parameters);
            }
            prepare(plan);
        } catch (RuntimeException e) {
            free();
            throw e;
        }
    }

    /** A table entry and eight bytes of value for each parameter. */
    private static long parameterBytes(Plan.Node node) {
        return node instanceof Plan.Kernel kernel ? 16L * kernel.parameters().size() : 0;
    }

    private void fill(Plan plan, ByteBuffer to, int descriptorsAt) {
        long base = Address.of(pinned);
        int at = 0;
        for (Plan.Node node : plan.nodes()) {
            if (node instanceof Plan.Kernel kernel) {
                int count = kernel.parameters().size();
                for (int i = 0; i < count; i++) {
                    int value = at + 8 * (count + i);
                    to.putLong(at + 8 * i, base + value);
                    to.putLong(value, resolve(kernel.parameters().get(i)));
                }
                at += 16 * count;
            }
        }
        at = descriptorsAt;
        for (Struct struct : plan.descriptors()) {
            for (Struct.Field field : struct.fields()) {
                if (field.value().size() == 8) {
                    to.putLong(at + field.at(), resolve(field.value()));
                } else {
                    to.putInt(at + field.at(), (int) resolve(field.value()));
                }
            }
            at += struct.size();
        }
        if (plan.descriptorBytes() > 0) {
            Pointer image = pinned.withByteOffset(descriptorsAt);
            context.check().that(
                    cuMemcpyHtoDAsync(descriptors, image, plan.descriptorBytes(), context.stream()),
                    "cuMemcpyHtoDAsync", SUBJECT);
        }
    }

    private long resolve(Value value) {
        return value.resolve(Address.of(scratch), Address.of(descriptors));
    }

    private void prepare(Plan plan) {
        long at = 0;
        for (Plan.Node node : plan.nodes()) {
            if (node instanceof Plan.Kernel kernel) {
                works.add(new Launch(
                        kernel.operation(), kernel.name(), kernel.function(), kernel.grid(), pinned.withByteOffset(at)));
                at += parameterBytes(kernel);
            } else {
                works.add(((Plan.Copied) node).copy());
            }
        }
    }

    /** The program's nodes, ready to be enqueued. */
    List<Work> works() {
        return works;
    }

    void free() {
        if (pinned != null) {
            arena.unpin(pinned, SUBJECT);
        }
        if (scratch != null) {
            arena.free(scratch, SUBJECT);
        }
        arena.free(descriptors, SUBJECT);
    }
}
