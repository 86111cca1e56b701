// Events: points in streams, with the host's clock as their time.
#include "driver_call.h"
#include "stream_internal.h"

namespace bitlift_emulator {

Handles<Event> events;

std::size_t live_events() { return events.size(); }

namespace {

constexpr unsigned disable_timing = 2;

bool is_reached(const Event& event) { return event.point.stream == nullptr || event.point.stream->completed >= event.point.position; }

std::shared_ptr<Event> event_of(CUevent handle) {
    auto event = events.get(handle);
    require(event->capture == nullptr, CUDA_ERROR_CAPTURED_EVENT);
    return event;
}

}  // namespace

}  // namespace bitlift_emulator

using namespace bitlift_emulator;

DRIVER_CALL cuEventCreate(CUevent* handle, unsigned flags) {
    return in_context([&](Context& context) {
        require(handle != nullptr && flags < 8);
        *handle = events.add(std::make_shared<Event>(Event{&context, (flags & disable_timing) == 0}));
    });
}

DRIVER_CALL cuEventDestroy_v2(CUevent handle) {
    return after_init([&] { events.remove(handle); });
}

DRIVER_CALL cuEventRecord(CUevent handle, CUstream streamHandle) {
    return in_context([&](Context& context) {
        const auto event = events.get(handle);
        const auto stream = stream_of(context, streamHandle);
        require(event->context == &context, CUDA_ERROR_INVALID_HANDLE);
        if (stream->capture != nullptr) return record_captured(*stream, *event);
        enqueue_after(stream, {}, [event] { event->reached = std::chrono::steady_clock::now(); });
        event->capture = nullptr;
        event->recorded = true;
        event->point = {stream, stream->enqueued};
    });
}

DRIVER_CALL cuEventRecordWithFlags(CUevent event, CUstream stream, unsigned flags) {
    return flags == 0 ? cuEventRecord(event, stream) : CUDA_ERROR_NOT_SUPPORTED;
}

DRIVER_CALL cuStreamWaitEvent(CUstream streamHandle, CUevent handle, unsigned flags) {
    return in_context([&](Context& context) {
        require(flags == 0, CUDA_ERROR_NOT_SUPPORTED);
        const auto event = events.get(handle);
        const auto stream = stream_of(context, streamHandle);
        if (event->capture != nullptr || stream->capture != nullptr) return wait_captured(stream, *event);
        if (event->recorded) enqueue_after(stream, {event->point}, nullptr);
    });
}

DRIVER_CALL cuEventSynchronize(CUevent handle) {
    return in_context([&](Context&) {
        const auto event = event_of(handle);
        refuse_while_capturing();
        run_until(event->point);
    });
}

DRIVER_CALL cuEventQuery(CUevent handle) {
    return in_context([&](Context&) {
        const auto event = event_of(handle);
        refuse_while_capturing();
        if (is_reached(*event)) return;
        run_until({event->point.stream, event->point.stream->completed + 1});
        require(is_reached(*event), CUDA_ERROR_NOT_READY);
    });
}

DRIVER_CALL cuEventElapsedTime(float* milliseconds, CUevent startHandle, CUevent endHandle) {
    return in_context([&](Context&) {
        require(milliseconds != nullptr);
        const auto start = event_of(startHandle), end = event_of(endHandle);
        require(start->timed && end->timed && start->recorded && end->recorded, CUDA_ERROR_INVALID_HANDLE);
        require(is_reached(*start) && is_reached(*end), CUDA_ERROR_NOT_READY);
        *milliseconds = std::chrono::duration<float, std::milli>(end->reached - start->reached).count();
    });
}
