package io.github.bitlift.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed set of threads that share out numbered tasks: the calling thread and {@code threads - 1} daemons.
 *
 * <p>Tasks are taken in ascending order, each by whichever thread is free, so nothing computed by them may depend on
 * which thread runs which. A run allocates nothing. Idle threads spin for a fraction of a millisecond, which bridges the
 * gaps between the operations of one training step, and then sleep.
 *
 * <p>Runs started by several threads at once follow one another. A task must not start a run on its own workers.
 */
public final class Workers implements AutoCloseable {
    /** One numbered piece of work. */
    @FunctionalInterface
    public interface Task {
        /**
         * Does the piece of work.
         *
         * @param index number of the task, from 0
         * @param worker number of the thread that runs it, from 0 to {@link Workers#threads()} - 1; no two tasks run at
         *     the same time under one number, so it can select a scratch area
         */
        void run(int index, int worker);
    }

    private static final int SPINS = 20_000;
    private static final long LEFT = 0xffff_ffffL;
    private static final long ROUND = 1L << 32;

    private final Helper[] helpers;
    /** High half: number of the run. Low half: tasks nobody has taken yet. One word, so a late thread can't mix runs. */
    private final AtomicLong ticket = new AtomicLong();
    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private int tasks;
    private Task task;
    private volatile Thread caller;
    private volatile boolean callerParked;
    private Throwable failure;
    private volatile boolean closed;

    /**
     * Starts the threads.
     *
     * @param threads how many threads work, the caller's included
     * @throws IllegalArgumentException if {@code threads} is less than 1
     */
    public Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, was " + threads);
        }
        helpers = new Helper[threads - 1];
        for (int h = 0; h < helpers.length; h++) {
            helpers[h] = new Helper(h + 1);
        }
        for (Helper helper : helpers) {
            helper.start();
        }
    }

    /** How many threads work, the caller's included. */
    public int threads() {
        return helpers.length + 1;
    }

    /**
     * Runs the tasks 0 to {@code tasks - 1} and returns when all have ended. If one throws, the tasks not yet begun are
     * dropped, and the first exception is rethrown once every thread has stopped.
     *
     * @throws IllegalArgumentException if {@code tasks} is negative
     * @throws IllegalStateException if called from one of these workers' own tasks, or after {@link #close()}
     */
    public void run(int tasks, Task task) {
        if (tasks < 0) {
            throw new IllegalArgumentException("tasks must not be negative, was " + tasks);
        }
        requireOutside();
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("these workers are closed");
            }
            caller = Thread.currentThread();
            try {
                start(tasks, task);
            } finally {
                this.task = null;
                caller = null;
            }
        }
    }

    /** Throws if this thread is running one of these workers' tasks: waiting for them would never end. */
    void requireOutside() {
        Thread current = Thread.currentThread();
        if (current == caller || current instanceof Helper helper && helper.owner() == this) {
            throw new IllegalStateException("a task must not start a run on the workers that run it, nor close them");
        }
    }

    private void start(int count, Task work) {
        if (helpers.length == 0 || count <= 1) {
            for (int index = 0; index < count; index++) {
                work.run(index, 0);
            }
            return;
        }
        tasks = count;
        task = work;
        finished.set(0);
        failed.set(0);
        ticket.set((ticket.get() & ~LEFT) + ROUND + count);
        for (int h = 0; h < helpers.length && h < count - 1; h++) {
            helpers[h].wake();
        }
        takeTasks(0);
        awaitFinish(count);
        rethrow();
    }

    /** Takes tasks until none is left; returns whether it took any. */
    private boolean takeTasks(int worker) {
        boolean any = false;
        for (;;) {
            long seen = ticket.get();
            int left = (int) (seen & LEFT);
            if (left == 0) {
                return any;
            }
            // Read before the exchange: its success proves that both still belong to this run.
            int count = tasks;
            Task work = task;
            if (ticket.compareAndSet(seen, seen - 1)) {
                any = true;
                runOne(work, count - left, worker);
                if (finished.incrementAndGet() == count && callerParked) {
                    LockSupport.unpark(caller);
                }
            }
        }
    }

    private void runOne(Task work, int index, int worker) {
        if (failed.get() != 0) {
            return;
        }
        try {
            work.run(index, worker);
        } catch (Throwable thrown) {
            if (failed.compareAndSet(0, 1)) {
                failure = thrown;
            }
        }
    }

    private void awaitFinish(int count) {
        for (int spin = 0; spin < SPINS; spin++) {
            if (finished.get() == count) {
                return;
            }
            Thread.onSpinWait();
        }
        boolean interrupted = false;
        callerParked = true;
        while (finished.get() != count) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        callerParked = false;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void rethrow() {
        Throwable thrown = failure;
        failure = null;
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        if (thrown != null) {
            throw new IllegalStateException("a task failed", thrown);
        }
    }

    /** Ends the threads; waits for a run in progress and for them. Closing twice does nothing. */
    @Override
    public void close() {
        requireOutside();
        synchronized (this) {
            closed = true;
        }
        boolean interrupted = false;
        for (Helper helper : helpers) {
            LockSupport.unpark(helper);
            while (helper.isAlive()) {
                try {
                    helper.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Helper extends Thread {
        private final int worker;
        private volatile boolean parked;

        Helper(int worker) {
            super("bitlift-worker-" + worker);
            this.worker = worker;
            setDaemon(true);
        }

        Workers owner() {
            return Workers.this;
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            int spin = 0;
            while (!closed) {
                if (takeTasks(worker)) {
                    spin = 0;
                } else if (spin < SPINS) {
                    spin++;
                    Thread.onSpinWait();
                } else {
                    sleep();
                    spin = 0;
                }
            }
        }

        private void sleep() {
            parked = true;
            // Looks again after raising the flag: a run published in between saw it down and woke nobody.
            while ((ticket.get() & LEFT) == 0 && !closed) {
                LockSupport.park(Workers.this);
                Thread.interrupted();
            }
            parked = false;
        }
    }
}
