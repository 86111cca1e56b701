/** Training strategies: how a network's constraints enter the objective. */
package io.github.bitlift.lifting;
