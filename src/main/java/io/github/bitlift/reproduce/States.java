package io.github.bitlift.reproduce;

import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.Trainer;
import java.util.Map;

/** Keeps the states of training runs that go through the library, so that an interrupted experiment can go on. */
public interface States {

    /**
     * Keeps a run's state between two steps, in place of an earlier one.
     *
     * @param name of the run, unique within the experiment
     * @param fingerprint of all that its bits depend on
     * @param notes whatever else it needs to go on
     */
    void keep(String name, String fingerprint, Parameters theta, Trainer trainer, Map<String, String> notes);

    /**
     * Puts a run where it was left.
     *
     * @return its notes; empty where it has to start from the beginning, parameters and trainer being as they were
     */
    Map<String, String> restore(String name, String fingerprint, Parameters theta, Trainer trainer);
}
