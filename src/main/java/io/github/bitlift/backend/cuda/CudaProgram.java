package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Lowering;
import io.github.bitlift.backend.Program;
import java.util.List;

/**
 * Recorded operations: one graph launch per run, or, with {@code -Dbitlift.cuda.sync=true}, one launch and one
 * synchronisation after the other, so that a failing one is named.
 */
final class CudaProgram implements Program {
    private final Context context;
    private final Arena arena;
    private final Operands operands;
    private final List<String> operations;
    private final ProgramMemory memory;
    private final Lowering lowering;
    private final Recordings recordings;
    private final Recording recording;
    private long seenFrees;
    private boolean closed;

    /** Within the context's scope. */
    CudaProgram(
            Context context, Arena arena, Recordings recordings, Plan plan, Lowering lowering, boolean synchronous) {
        this.context = context;
        this.lowering = lowering;
        this.arena = arena;
        this.recordings = recordings;
        operands = plan.operands();
        operations = List.copyOf(plan.operations());
        seenFrees = arena.frees();
        memory = new ProgramMemory(context, arena, plan);
        try {
            recording = synchronous || memory.works().isEmpty() ? null : recordings.of(memory.works(), this);
        } catch (RuntimeException e) {
            memory.free();
            throw e;
        }
    }

    /** Names and sizes, for messages. */
    List<String> operations() {
        return operations;
    }

    @Override
    public void run() {
        try (Context.Scope scope = context.enter()) {
            requireOpen();
            context.check().enqueued(this);
            if (recording != null) {
                recording.replay(this);
            } else {
                for (Work work : memory.works()) {
                    work.enqueue(context.check(), context.stream());
                    context.synchronise(work);
                }
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("program is closed");
        }
        if (seenFrees != arena.frees()) {
            operands.requireOpen();
            seenFrees = arena.frees();
        }
    }

    @Override
    public void close() {
        context.release(() -> {
            if (!closed) {
                closed = true;
                try {
                    context.settle(this);
                } finally {
                    free();
                }
            }
        });
    }

    private void free() {
        try {
            if (recording != null) {
                recordings.free(recording, this);
            }
        } finally {
            memory.free();
            lowering.close();
        }
    }

    @Override
    public String toString() {
        return operations.size() == 1 ? operations.get(0) : "a program of " + operations.size() + " operations";
    }
}
