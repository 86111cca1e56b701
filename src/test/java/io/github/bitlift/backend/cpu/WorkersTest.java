package io.github.bitlift.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyTaskRunsOnceUnderAValidWorkerNumber(int threads) {
        try (Workers workers = new Workers(threads)) {
            for (int tasks : new int[] {0, 1, 2, 3, 7, 100, 1_000}) {
                AtomicIntegerArray times = new AtomicIntegerArray(tasks);
                AtomicInteger strangers = new AtomicInteger();
                workers.run(tasks, (index, worker) -> {
                    times.incrementAndGet(index);
                    if (worker < 0 || worker >= threads) {
                        strangers.incrementAndGet();
                    }
                });
                for (int task = 0; task < tasks; task++) {
                    assertThat(times.get(task)).isEqualTo(1);
                }
                assertThat(strangers).hasValue(0);
            }
        }
    }

    @Test
    void manySmallRunsSeeEachOthersPlainWrites() {
        try (Workers workers = new Workers(3)) {
            int[] cells = new int[5];
            for (int run = 0; run < 20_000; run++) {
                workers.run(cells.length, (index, worker) -> cells[index]++);
            }
            assertThat(cells).containsOnly(20_000);
        }
    }

    @Test
    void threadsThatFellAsleepWakeUp() throws InterruptedException {
        try (Workers workers = new Workers(2)) {
            for (int run = 0; run < 20; run++) {
                Thread.sleep(5);
                CountDownLatch both = new CountDownLatch(2);
                // Neither task can end before the other has begun, so both threads must take part.
                workers.run(2, (index, worker) -> {
                    both.countDown();
                    await(both);
                });
            }
        }
    }

    @Test
    void theCallerFallsAsleepForALongTaskAndIsWoken() {
        try (Workers workers = new Workers(2)) {
            AtomicInteger ended = new AtomicInteger();
            workers.run(2, (index, worker) -> {
                if (worker != 0) {
                    pause(50);
                }
                ended.incrementAndGet();
            });
            assertThat(ended).hasValue(2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theFirstExceptionReachesTheCallerAfterAllStopped(int threads) {
        try (Workers workers = new Workers(threads)) {
            AtomicInteger inside = new AtomicInteger();
            for (int bad = 0; bad < 50; bad++) {
                int culprit = bad;
                assertThatThrownBy(() -> workers.run(50, (index, worker) -> {
                    inside.incrementAndGet();
                    try {
                        if (index == culprit) {
                            throw new ArithmeticException("task " + index);
                        }
                    } finally {
                        inside.decrementAndGet();
                    }
                })).isInstanceOf(ArithmeticException.class).hasMessage("task " + culprit);
                assertThat(inside).hasValue(0);
            }
            assertThatThrownBy(() -> workers.run(4, (index, worker) -> {
                throw new StackOverflowError();
            })).isInstanceOf(StackOverflowError.class);
            AtomicInteger after = new AtomicInteger();
            workers.run(10, (index, worker) -> after.incrementAndGet());
            assertThat(after).hasValue(10);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void nestedUseIsRefused(int threads) {
        try (Workers workers = new Workers(threads)) {
            assertThatThrownBy(() -> workers.run(8, (index, worker) -> workers.run(1, (i, w) -> { })))
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("must not start a run");
            assertThatThrownBy(() -> workers.run(8, (index, worker) -> workers.close()))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void runsOfSeveralCallersFollowOneAnother() throws InterruptedException {
        try (Workers workers = new Workers(2)) {
            int[] cells = new int[4];
            List<Thread> callers = new ArrayList<>();
            for (int caller = 0; caller < 3; caller++) {
                Thread thread = new Thread(() -> {
                    for (int run = 0; run < 500; run++) {
                        workers.run(cells.length, (index, worker) -> cells[index]++);
                    }
                });
                thread.start();
                callers.add(thread);
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(cells).containsOnly(1_500);
        }
    }

    @Test
    void closeEndsTheThreadsAndRefusesFurtherRuns() {
        Workers workers = new Workers(3);
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch all = new CountDownLatch(3);
        workers.run(3, (index, worker) -> {
            seen.add(Thread.currentThread());
            all.countDown();
            await(all);
        });
        workers.close();
        workers.close();
        seen.remove(Thread.currentThread());
        assertThat(seen).hasSize(2).allMatch(thread -> !thread.isAlive() && thread.isDaemon());
        assertThatThrownBy(() -> workers.run(1, (index, worker) -> { }))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }

    @Test
    void anInterruptIsKeptForTheCaller() {
        try (Workers workers = new Workers(2)) {
            Thread.currentThread().interrupt();
            AtomicInteger ended = new AtomicInteger();
            workers.run(2, (index, worker) -> {
                if (worker != 0) {
                    pause(20);
                }
                ended.incrementAndGet();
            });
            assertThat(ended).hasValue(2);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void badArgumentsAreNamed() {
        assertThatThrownBy(() -> new Workers(0)).hasMessageContaining("at least 1, was 0");
        try (Workers workers = new Workers(1)) {
            assertThatThrownBy(() -> workers.run(-1, (index, worker) -> { })).hasMessageContaining("was -1");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
