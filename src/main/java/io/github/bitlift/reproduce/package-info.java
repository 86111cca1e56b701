/**
 * The papers' experiments behind {@code bitlift reproduce}: each is one {@link io.github.bitlift.reproduce.Experiment}, runs
 * at three {@link io.github.bitlift.reproduce.Scale}s and ends in a {@link io.github.bitlift.reproduce.Report} whose claims
 * hold or don't.
 */
package io.github.bitlift.reproduce;
