/**
 * The catalogue of cases: one list that drives {@code bitlift verify}, the bit-exact suites and later the
 * golden hashes and kernel benchmarks. A case is a few operations on seeded operands; what it leaves in memory must be the
 * same, bit for bit, on every backend.
 */
package io.github.bitlift.catalogue;
