package io.github.bitlift.backend.cuda;

import jcuda.driver.CUstream;

/** One node of a program; its toString names it and its operation. */
interface Work {
    /** Puts it into a stream, which may be recording. */
    void enqueue(Check check, CUstream stream);
}
