/**
 * The arithmetic of the numeric contract: the rules that define every result of Bitlift bit for bit, and the code of
 * those that need some.
 *
 * <ol>
 * <li><b>Format.</b> Values are IEEE-754 binary32, rounded to nearest, ties to even; subnormal numbers are kept. Every
 * {@code + - * / sqrt fma} of a formula is one rounding. Nothing is contracted into a fused operation, regrouped or
 * reordered, unless the formula says so. {@link io.github.bitlift.numerics.Numerics#requireFusedMultiplyAdd()} checks
 * at start-up that the platform's fma is one.</li>
 * <li><b>Products.</b> An element of A B is computed over the inner index k = 0, 1, ..., K - 1 in segments of 1,024
 * consecutive k, the last possibly shorter. Each segment is one chain {@code s = fma(a[k], b[k], s)} in ascending order
 * from s = +0. The sum of the first segment is the start value; the sums of the later segments are added to it in
 * ascending order, one rounding each. K = 0 gives +0. Gradients of biases are such products with a column of ones.
 * Tiles, vectors and threads may divide the elements and the segments, but not a chain.</li>
 * <li><b>Reductions.</b> Objectives, norms and means are sums in binary64 over the fixed tree of
 * {@link io.github.bitlift.numerics.Reduction}: chunks of 1,024, 32 lanes per chunk, lanes combined in halves, chunk
 * sums reduced again. A term of an objective is evaluated in binary64 from its binary32 operands, by the binary64
 * functions of {@link io.github.bitlift.numerics.Numerics} where it needs any.</li>
 * <li><b>Elementary functions.</b> exp, log, tanh, atanh, sigmoid, softplus, sinPi and cosPi on binary32 are correctly
 * rounded for every argument. This is the definition; the sequences of operations here are one way to meet it, and any
 * other that meets it gives the same bits. The functions of a platform's mathematical library are never called.</li>
 * <li><b>Comparisons and special values.</b> Prox maps select by comparisons, not by minimum and maximum operations,
 * whose treatment of NaN and of the sign of zero differs among platforms. A NaN operand gives a NaN result. Every
 * formula states the sign of its zeros. Before bits are compared, stored or hashed, every NaN is replaced by
 * {@code 0x7fc00000}.</li>
 * <li><b>Random numbers.</b> {@link io.github.bitlift.numerics.Philox}, Philox4x32-10: value i depends on seed, stream
 * and i alone. Uniform variates are exact; normal variates come from them by rules 1 and 4.</li>
 * <li><b>No schedule in the result.</b> There are no atomic additions of floating-point numbers and no order that
 * depends on which thread comes first. A sample's result is the same in a batch of one and in a batch of n.</li>
 * <li><b>Fast mode.</b> Anything that gives up these rules for speed is outside the contract: it is chosen by name,
 * states its error, and is never what a user gets without asking.</li>
 * </ol>
 *
 * <p>{@link io.github.bitlift.numerics.Digest} condenses results to a SHA-256, by which two runs are compared.
 */
package io.github.bitlift.numerics;
