/**
 * Recovering a network's input from its output: penalties tie auxiliary variables to the layers, as in lifted training, total
 * variation tells plausible inputs from others, and nothing is ever differentiated (framework paper, §6.1 and §7.3).
 */
package io.github.bitlift.inversion;
