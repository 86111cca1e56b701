// Stream capture: a stream's work goes into a list instead, and other streams join in by waiting for its events.
#include "driver_call.h"
#include "stream_internal.h"

namespace bitlift_emulator {

namespace {

enum CaptureMode : int { Global = 0, ThreadLocal = 1, Relaxed = 2 };

void merge(std::map<Stream*, std::size_t>& into, const std::map<Stream*, std::size_t>& from) {
    for (const auto& [stream, count] : from)
        if (into[stream] < count) into[stream] = count;
}

}  // namespace

void refuse_while_capturing(Stream& stream) {
    if (stream.capture == nullptr) return;
    stream.capture->invalid = true;
    throw CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
}

void refuse_while_capturing() {
    for (const auto& [handle, stream] : streams) {
        if (stream->capture == nullptr || stream->capture->mode == Relaxed) continue;
        if (stream->capture->mode == ThreadLocal && stream->capture->owner != std::this_thread::get_id()) continue;
        refuse_while_capturing(*stream);
    }
}

void record_captured(Stream& stream, Event& event) {
    require(!stream.capture->invalid, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
    event.capture = stream.capture;
    event.captureSeen = stream.capture->seen[&stream];
    event.recorded = true;
    event.point = {};
}

void wait_captured(const std::shared_ptr<Stream>& stream, const Event& event) {
    if (event.capture == nullptr) {  // an event of the world outside: what is captured could not wait for it
        if (!event.recorded) return;
        stream->capture->invalid = true;
        throw CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    require(!stream->isDefault, CUDA_ERROR_STREAM_CAPTURE_IMPLICIT);
    require(!event.capture->invalid, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
    require(event.capture->seen.count(event.capture->origin) != 0, CUDA_ERROR_CAPTURED_EVENT);
    require(stream->capture == nullptr || stream->capture == event.capture, CUDA_ERROR_STREAM_CAPTURE_MERGE);
    stream->capture = event.capture;
    merge(event.capture->seen[stream.get()], event.captureSeen);
}

std::shared_ptr<Capture> end_capture(Stream& stream) {
    const auto capture = stream.capture;
    require(capture != nullptr);
    require(capture->origin == &stream, CUDA_ERROR_STREAM_CAPTURE_UNMATCHED);
    const auto& joined = capture->seen[&stream];
    bool complete = true;
    for (const auto& [other, seen] : capture->seen) {
        const auto own = seen.find(other), known = joined.find(other);
        if (other == &stream) continue;
        // A stream that joined and did nothing must be waited for too, but there is nothing to lose in it.
        if (own != seen.end() && (known == joined.end() || known->second < own->second)) complete = false;
    }
    for (const auto& [handle, other] : streams)
        if (other->capture == capture) other->capture = nullptr;
    capture->seen.clear();  // from now on its events belong to no capture
    require(!capture->invalid, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
    require(complete, CUDA_ERROR_STREAM_CAPTURE_UNJOINED);
    return capture;
}

}  // namespace bitlift_emulator

using namespace bitlift_emulator;

DRIVER_CALL cuStreamBeginCapture_v2(CUstream handle, int mode) {
    return in_context([&](Context& context) {
        require(mode >= Global && mode <= Relaxed);
        const auto stream = stream_of(context, handle);
        require(!stream->isDefault, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
        require(stream->capture == nullptr, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
        stream->capture = std::make_shared<Capture>();
        stream->capture->origin = stream.get();
        stream->capture->mode = mode;
        stream->capture->owner = std::this_thread::get_id();
        stream->capture->seen[stream.get()] = {};
    });
}

DRIVER_CALL cuStreamIsCapturing(CUstream handle, int* status) {
    return in_context([&](Context& context) {
        require(status != nullptr);
        const auto capture = stream_of(context, handle)->capture;
        *status = capture == nullptr ? 0 : capture->invalid ? 2 : 1;
    });
}
