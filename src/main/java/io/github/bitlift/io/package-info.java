/**
 * Files that Bitlift reads and writes: NumPy arrays, safetensors, checkpoints, pictures, curves and tables.
 *
 * <p>Two rules hold for the whole package. What is read is distrusted: a size is compared with the file before
 * anything is allocated, and whatever is wrong ends in one {@link io.github.bitlift.io.InputException} of one line.
 * What is written appears whole or not at all ({@link io.github.bitlift.io.AtomicFile}).
 */
package io.github.bitlift.io;
