package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;

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
        long seed) {

    /** From the options of a new run. */
    static DataSource of(DataOptions data, long seed) {
        Task task = Task.named("--task", data.task != null ? data.task : data.inputs == null ? "denoise" : "pairs");
        if (task == Task.PAIRS) {
            if (data.inputs == null || data.targets == null) {
                throw new InputException("--task pairs: expected --inputs X.npy and --targets Y.npy");
            }
            if (data.data != null) {
                throw new InputException("--data " + data.data + ": --task pairs takes --inputs and --targets");
            }
            if ((data.validationInputs == null) != (data.validationTargets == null)) {
                throw new InputException("--validation-inputs and --validation-targets: expected both or neither");
            }
        } else if (data.inputs != null || data.targets != null || data.validationInputs != null
                || data.validationTargets != null) {
            throw new InputException("--task " + task.title() + ": makes its own inputs and targets; expected"
                    + " --task pairs with --inputs and --targets, or neither");
        }
        return new DataSource(
                task, TrainOptions.absolute(data.data), data.images, data.validation,
                TrainOptions.absolute(data.inputs), TrainOptions.absolute(data.targets),
                TrainOptions.absolute(data.validationInputs), TrainOptions.absolute(data.validationTargets), seed);
    }
}
