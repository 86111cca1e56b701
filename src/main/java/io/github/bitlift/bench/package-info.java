/**
 * The kernel benchmarks behind {@code bitlift bench}: a list of cases written once against {@link
 * io.github.bitlift.backend.Backend}, how much work each is ({@link io.github.bitlift.bench.WorkCounter}), how long it takes,
 * and what the machine's two ceilings allow ({@link io.github.bitlift.bench.Ceilings}).
 */
package io.github.bitlift.bench;
