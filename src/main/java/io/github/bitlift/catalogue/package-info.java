/**
 * The catalogue of cases: one list that drives {@code bitlift verify}, the bit-exact suites and the golden hashes. A case is
 * a few operations on seeded operands; what it leaves in memory must be the same, bit for bit, on every backend. {@link io.github.bitlift.catalogue.Fuzz} draws further cases at random.
 */
package io.github.bitlift.catalogue;
