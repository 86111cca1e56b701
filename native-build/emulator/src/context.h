// Contexts: the device's primary one and those of the caller, and each host thread's stack of current ones.
#pragma once
#include <memory>

#include "driver_types.h"
#include "handles.h"

namespace bitlift_emulator {

struct Stream;

struct Context {
    unsigned flags = 0;
    bool destroyed = false;
    CUresult failure = CUDA_SUCCESS;      // why a kernel of this context died; stays
    std::shared_ptr<Stream> defaultStream;
};

/** Throws where the host thread has no current context or a destroyed one. */
Context& current_context();

/** Contexts that live now. */
std::size_t live_contexts();

/** Objects that their context had to take down because nobody had destroyed them. */
extern std::size_t reclaimed_objects;

}  // namespace bitlift_emulator
