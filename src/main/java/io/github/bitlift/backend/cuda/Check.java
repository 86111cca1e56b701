package io.github.bitlift.backend.cuda;

import static jcuda.driver.JCudaDriver.cuGetErrorName;
import static jcuda.driver.JCudaDriver.cuGetErrorString;

import io.github.bitlift.backend.BackendException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import jcuda.driver.CUresult;

/**
 * Where every result of a JCuda call goes: an error becomes a {@link BackendException} that names call, subject and device.
 *
 * <p>Errors that spoil the context (an illegal address, a failed launch) are remembered: nothing works there any more, and
 * later calls say why. Such an error comes to light at a later call, so the programs that ran since the last synchronisation
 * are remembered too, as candidates.
 *
 * <p>Guarded by the backend's lock; successful calls allocate nothing.
 */
final class Check {
    /** As many operations are named as fit into a readable line. */
    private static final int MOST_NAMED = 6;
    /** More programs than run between two synchronisations; were there more, the oldest would be forgotten. */
    private static final int MOST_PROGRAMS = 64;
    private static final Set<Integer> STICKY = Set.of(
            CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
            CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
            CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
            CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
            CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
            CUresult.CUDA_ERROR_ASSERT,
            CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
            CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
            CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
            CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
            CUresult.CUDA_ERROR_INVALID_PC,
            CUresult.CUDA_ERROR_LAUNCH_FAILED,
            CUresult.CUDA_ERROR_MPS_CLIENT_TERMINATED,
            CUresult.CUDA_ERROR_EXTERNAL_DEVICE,
            CUresult.CUDA_ERROR_UNKNOWN);

    private final String device;
    /** Programs run since the last synchronisation, each once. */
    private final ArrayDeque<CudaProgram> running = new ArrayDeque<>(MOST_PROGRAMS);
    private String failure;

    Check(String device) {
        this.device = device;
    }

    /**
     * @param result what a JCuda call returned
     * @param call its name
     * @param subject what it was for; its toString gives operation and sizes
     * @throws BackendException unless the call succeeded
     */
    void that(int result, String call, Object subject) {
        if (result != CUresult.CUDA_SUCCESS) {
            throw failed(result, call, subject);
        }
    }

    /** The exception for a failed call; marks the backend broken where the error spoils its context. */
    BackendException failed(int result, String call, Object subject) {
        String message = "cuda: " + call + " failed for " + subject + " on " + device + ": " + describe(result);
        if (STICKY.contains(result)) {
            if (!(subject instanceof Launch)) {
                message += candidates();
            }
            failure = message;
        }
        return new BackendException(message);
    }

    private String candidates() {
        Set<String> names = new LinkedHashSet<>();
        running.descendingIterator().forEachRemaining(program -> names.addAll(program.operations()));
        if (names.isEmpty()) {
            return "";
        }
        String listed = String.join("; ", names.stream().limit(MOST_NAMED).toList());
        return ". Enqueued since the last synchronisation: " + listed
                + (names.size() > MOST_NAMED ? "; and " + (names.size() - MOST_NAMED) + " more" : "")
                + " (-Dbitlift.cuda.sync=true finds which)";
    }

    /** An error's name and sentence, as the driver words them. */
    static String describe(int result) {
        String[] name = new String[1];
        String[] sentence = new String[1];
        cuGetErrorName(result, name);
        cuGetErrorString(result, sentence);
        return name[0] == null ? "CUDA error " + result : name[0] + " (" + sentence[0] + ")";
    }

    /** A program was enqueued. */
    void enqueued(CudaProgram program) {
        if (!running.contains(program)) {
            if (running.size() == MOST_PROGRAMS) {
                running.removeFirst();
            }
            running.addLast(program);
        }
    }

    /** Everything enqueued so far has ended well. */
    void synchronised() {
        running.clear();
    }

    boolean isBroken() {
        return failure != null;
    }

    /** @throws BackendException if an earlier call spoiled the context */
    void requireIntact() {
        if (failure != null) {
            throw new BackendException("this backend failed earlier (" + failure + "); open a new one");
        }
    }
}
