/** Training methods, written once against {@link io.github.bitlift.backend.Backend}. */
package io.github.bitlift.solver;
