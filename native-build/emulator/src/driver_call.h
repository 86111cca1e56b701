// The frame of every driver call: one lock for the whole driver, errors thrown as CUresult and returned as such.
#pragma once
#include <mutex>
#include <new>

#include "context.h"
#include "driver_types.h"

namespace bitlift_emulator {

extern std::mutex driver_lock;
extern bool initialised;

inline void require(bool condition, CUresult otherwise = CUDA_ERROR_INVALID_VALUE) {
    if (!condition) throw otherwise;
}

template <class Body>
CUresult before_init(Body body) {
    try {
        const std::lock_guard<std::mutex> locked(driver_lock);
        body();
        return CUDA_SUCCESS;
    } catch (const CUresult error) {
        return error;
    } catch (const std::bad_alloc&) {
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
}

template <class Body>
CUresult after_init(Body body) {
    return before_init([&] {
        require(initialised, CUDA_ERROR_NOT_INITIALIZED);
        body();
    });
}

/** For calls that work in the thread's current context; a context whose kernel died answers everything with that error. */
template <class Body>
CUresult in_context(Body body) {
    return after_init([&] {
        Context& context = current_context();
        require(context.failure == CUDA_SUCCESS, context.failure);
        body(context);
        require(context.failure == CUDA_SUCCESS, context.failure);
    });
}

}  // namespace bitlift_emulator
