package io.github.bitlift.cli;

/**
 * Where training data come from.
 *
 * @param task the task
 * @param data folder of IDX files, null for the bundled set
 * @param images how many training images; null for all
 * @param validation how many validation images; null for the default
 * @param inputs .npy file, for pairs
 * @param targets .npy file, for pairs
 * @param validationInputs .npy file, or null
 * @param validationTargets .npy file, or null
 * @param seed of the degradation
 */
record DataSource(
        Task task,
        String data,
        Integer images,
        Integer validation,
        String inputs,
        String targets,
        String validationInputs,
        String validationTargets,
        long seed) {}
