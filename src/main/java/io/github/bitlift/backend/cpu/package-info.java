/** The CPU backend: threads, and kernels for whatever vector unit the JVM exposes; the same bits on all of them. */
package io.github.bitlift.backend.cpu;
