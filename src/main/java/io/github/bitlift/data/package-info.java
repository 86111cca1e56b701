/** Image data sets in the IDX format of MNIST: reading, checking and fetching them. */
package io.github.bitlift.data;
