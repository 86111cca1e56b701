// The calls that g++ -fsanitize=thread puts into kernels, answered by our own checks.
#include "access.h"

using namespace bitlift_emulator::checks;

#define INSTRUMENTED extern "C" __attribute__((visibility("default")))
#define AT(address) reinterpret_cast<std::uintptr_t>(address)

#define ACCESS(bytes, look)                                                                                  \
    INSTRUMENTED void __tsan_read##bytes(void* at) { look(AT(at), bytes, Access::Read); }                     \
    INSTRUMENTED void __tsan_write##bytes(void* at) { look(AT(at), bytes, Access::Write); }                   \
    INSTRUMENTED void __tsan_unaligned_read##bytes(void* at) { look(AT(at), bytes, Access::Read); }           \
    INSTRUMENTED void __tsan_unaligned_write##bytes(void* at) { look(AT(at), bytes, Access::Write); }
ACCESS(1, look_at)
ACCESS(2, look_at)
ACCESS(4, look_at)
ACCESS(8, look_at)
ACCESS(16, look_at_whole)
#undef ACCESS

INSTRUMENTED void __tsan_read_range(void* at, std::size_t bytes) { look_at_whole(AT(at), bytes, Access::Read); }
INSTRUMENTED void __tsan_write_range(void* at, std::size_t bytes) { look_at_whole(AT(at), bytes, Access::Write); }
INSTRUMENTED void __tsan_init() {}

// Whether a shared variable has announced itself: the guard of a static's initialisation.
INSTRUMENTED char __tsan_atomic8_load(const char* at, int) { return __atomic_load_n(at, __ATOMIC_ACQUIRE); }
