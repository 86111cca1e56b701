package io.github.bitlift.peers;

/**
 * One library with its data in place.
 *
 * @param name as tables print it
 * @param work what is timed
 */
record Contender(String name, Runnable work) {}
