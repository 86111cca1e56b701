/** The arithmetic of the numeric contract. */
package io.github.bitlift.numerics;
