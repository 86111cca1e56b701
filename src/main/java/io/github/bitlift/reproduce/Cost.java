package io.github.bitlift.reproduce;

/**
 * What an experiment takes, by its sizes alone.
 *
 * @param extent in words, such as {@code 4 runs of 800 steps on 300 images}
 * @param operations binary32 operations of all products together, an fma counting two
 * @param bytes of the largest set of arrays that live on the backend at one time
 */
public record Cost(String extent, double operations, double bytes) {}
