// Copies and fills. What touches pageable host memory is done with it when the call returns, as the real driver is; pinned
// memory is read and written only when the stream gets there.
#include <cstdio>
#include <cstring>
#include <vector>

#include "checks.h"
#include "driver_call.h"
#include "memory.h"
#include "stream.h"
#include "stream_internal.h"

using namespace bitlift_emulator;

namespace {

void copy_now(Context& context, void* to, const void* from, std::size_t bytes) {
    refuse_while_capturing();
    finish(context.defaultStream);
    require(context.failure == CUDA_SUCCESS, context.failure);
    std::memcpy(to, from, bytes);
    checks::written(to, bytes);
}

void* pointer(CUdeviceptr at) { return reinterpret_cast<void*>(at); }

void upload(CUdeviceptr to, const void* from, std::size_t bytes) {
    std::memcpy(pointer(to), from, bytes);
    checks::written(pointer(to), bytes);
}

struct Range {
    const void* at;
    std::size_t bytes;
};

/** Enqueues a copy or fill; memory that was freed before its turn comes is an error of its context, as in a kernel. */
template <class Body>
void enqueue_on(Context& context, const std::shared_ptr<Stream>& stream, std::vector<Range> ranges, Body body) {
    enqueue(stream, [&context, ranges = std::move(ranges), body] {
        for (const Range& range : ranges) {
            if (is_allocated(range.at, range.bytes)) continue;
            std::fprintf(stderr, "bitlift emulator: copy or fill of %zu bytes at %p, which were freed before\n", range.bytes, range.at);
            context.failure = CUDA_ERROR_ILLEGAL_ADDRESS;
            return;
        }
        body();
    });
}

template <class Element>
CUresult fill(CUdeviceptr at, Element value, std::size_t count, CUstream handle) {
    return in_context([&](Context& context) {
        require(at % sizeof(Element) == 0 && count <= SIZE_MAX / sizeof(Element));
        const auto stream = stream_of(context, handle);
        if (count == 0) return;
        require_device_range(at, count * sizeof(Element));
        enqueue_on(context, stream, {{pointer(at), count * sizeof(Element)}}, [at, value, count] {
            auto* elements = static_cast<Element*>(pointer(at));
            for (std::size_t i = 0; i < count; i++) elements[i] = value;
            checks::written(elements, count * sizeof(Element));
        });
    });
}

}  // namespace

DRIVER_CALL cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, std::size_t bytes) {
    return in_context([&](Context& context) {
        if (bytes == 0) return;
        require(from != nullptr);
        require_device_range(to, bytes);
        copy_now(context, pointer(to), from, bytes);
    });
}

DRIVER_CALL cuMemcpyDtoH_v2(void* to, CUdeviceptr from, std::size_t bytes) {
    return in_context([&](Context& context) {
        if (bytes == 0) return;
        require(to != nullptr);
        require_device_range(from, bytes);
        copy_now(context, to, pointer(from), bytes);
    });
}

DRIVER_CALL cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, std::size_t bytes, CUstream handle) {
    return in_context([&](Context& context) {
        const auto stream = stream_of(context, handle);
        if (bytes == 0) return;
        require(from != nullptr);
        require_device_range(to, bytes);
        const Range target{pointer(to), bytes};
        if (is_pinned(from, bytes))
            return enqueue_on(context, stream, {target, {from, bytes}}, [=] { upload(to, from, bytes); });
        refuse_while_capturing(*stream);
        const auto* first = static_cast<const char*>(from);
        const auto staged = std::make_shared<std::vector<char>>(first, first + bytes);
        enqueue_on(context, stream, {target}, [=] { upload(to, staged->data(), bytes); });
    });
}

DRIVER_CALL cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, std::size_t bytes, CUstream handle) {
    return in_context([&](Context& context) {
        const auto stream = stream_of(context, handle);
        if (bytes == 0) return;
        require(to != nullptr);
        require_device_range(from, bytes);
        const bool pinned = is_pinned(to, bytes);
        if (!pinned) refuse_while_capturing(*stream);
        std::vector<Range> ranges{{pointer(from), bytes}};
        if (pinned) ranges.push_back({to, bytes});
        enqueue_on(context, stream, std::move(ranges), [=] { std::memcpy(to, pointer(from), bytes); });
        if (!pinned) finish(stream);
    });
}

DRIVER_CALL cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, std::size_t bytes, CUstream handle) {
    return in_context([&](Context& context) {
        const auto stream = stream_of(context, handle);
        if (bytes == 0) return;
        require_device_range(from, bytes);
        require_device_range(to, bytes);
        enqueue_on(context, stream, {{pointer(from), bytes}, {pointer(to), bytes}}, [=] {
            std::memmove(pointer(to), pointer(from), bytes);
            checks::copied(pointer(to), pointer(from), bytes);
        });
    });
}

DRIVER_CALL cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, std::size_t bytes) {
    return cuMemcpyDtoDAsync_v2(to, from, bytes, nullptr);
}

DRIVER_CALL cuMemsetD8Async(CUdeviceptr at, unsigned char value, std::size_t count, CUstream stream) { return fill(at, value, count, stream); }
DRIVER_CALL cuMemsetD16Async(CUdeviceptr at, unsigned short value, std::size_t count, CUstream stream) { return fill(at, value, count, stream); }
DRIVER_CALL cuMemsetD32Async(CUdeviceptr at, unsigned value, std::size_t count, CUstream stream) { return fill(at, value, count, stream); }
DRIVER_CALL cuMemsetD8_v2(CUdeviceptr at, unsigned char value, std::size_t count) { return fill(at, value, count, nullptr); }
DRIVER_CALL cuMemsetD16_v2(CUdeviceptr at, unsigned short value, std::size_t count) { return fill(at, value, count, nullptr); }
DRIVER_CALL cuMemsetD32_v2(CUdeviceptr at, unsigned value, std::size_t count) { return fill(at, value, count, nullptr); }
