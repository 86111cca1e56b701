#include "stream.h"

#include "driver_call.h"
#include "order.h"
#include "stream_internal.h"

namespace bitlift_emulator {

Handles<Stream> streams;

namespace {

std::vector<std::shared_ptr<Stream>> streams_of(const Context& context) {
    std::vector<std::shared_ptr<Stream>> found{context.defaultStream};
    for (const auto& [handle, stream] : streams)
        if (stream->context == &context) found.push_back(stream);
    return found;
}

/** The default stream and the blocking ones wait for each other, as CUDA's legacy default stream does. */
std::vector<Point> implied_waits(const Stream& stream) {
    const Context& context = *stream.context;
    if (!stream.isDefault && !stream.blocking) return {};
    if (!stream.isDefault) return {{context.defaultStream, context.defaultStream->enqueued}};
    std::vector<Point> waits;
    for (const auto& other : streams_of(context)) {
        if (other->isDefault || !other->blocking) continue;
        if (other->capture != nullptr) {
            other->capture->invalid = true;
            throw CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
        }
        waits.push_back({other, other->enqueued});
    }
    return waits;
}

}  // namespace

std::shared_ptr<Stream> make_default_stream(Context& context) {
    return std::make_shared<Stream>(Stream{&context, true, true});
}

std::shared_ptr<Stream> stream_of(Context& context, CUstream handle) {
    if (reinterpret_cast<std::uintptr_t>(handle) <= 2) return context.defaultStream;
    auto stream = streams.get(handle);
    require(stream->context == &context, CUDA_ERROR_INVALID_HANDLE);
    return stream;
}

void enqueue_after(const std::shared_ptr<Stream>& stream, std::vector<Point> after, Action action) {
    for (Point& point : implied_waits(*stream)) after.push_back(std::move(point));
    stream->queue.push_back({std::move(after), std::move(action)});
    stream->enqueued++;
}

void enqueue(const std::shared_ptr<Stream>& stream, Action action) {
    if (stream->capture == nullptr) return enqueue_after(stream, {}, std::move(action));
    Capture& capture = *stream->capture;
    require(!capture.invalid, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
    capture.actions.push_back(std::move(action));
    capture.seen[stream.get()][stream.get()] = capture.actions.size();
}

void run_until(const Point& point) {
    if (point.stream == nullptr) return;
    Stream& stream = *point.stream;
    while (stream.completed < point.position && !stream.queue.empty()) {
        const Work work = std::move(stream.queue.front());
        stream.queue.pop_front();
        for (const Point& before : work.after) run_until(before);
        if (work.run && stream.context->failure == CUDA_SUCCESS) work.run();
        stream.completed++;
    }
}

void finish(const std::shared_ptr<Stream>& stream) {
    for (const Point& point : stream->isDefault ? implied_waits(*stream) : std::vector<Point>{}) run_until(point);
    run_until({stream, stream->enqueued});
}

void finish_all(Context& context) {
    const auto all = streams_of(context);
    std::vector<unsigned> turns;
    arrange(turns, static_cast<unsigned>(all.size()));
    for (const unsigned turn : turns) run_until({all[turn], all[turn]->enqueued});
}

bool is_idle(const Context& context) {
    for (const auto& stream : streams_of(context))
        if (!stream->queue.empty()) return false;
    return true;
}

std::size_t reclaim_streams(Context& context) {
    const auto owned = [&](const auto& object) { return object.context == &context; };
    context.defaultStream = nullptr;
    return streams.remove_if(owned) + events.remove_if(owned);
}

std::size_t live_streams() { return streams.size(); }

}  // namespace bitlift_emulator

using namespace bitlift_emulator;

DRIVER_CALL cuStreamCreate(CUstream* handle, unsigned flags) {
    return in_context([&](Context& context) {
        require(handle != nullptr && flags <= 1);
        auto stream = std::make_shared<Stream>(Stream{&context, false, flags == 0});
        stream->flags = flags;
        *handle = streams.add(std::move(stream));
    });
}

DRIVER_CALL cuStreamCreateWithPriority(CUstream* handle, unsigned flags, int) { return cuStreamCreate(handle, flags); }

DRIVER_CALL cuStreamGetPriority(CUstream handle, int* priority) {
    return in_context([&](Context& context) {
        require(priority != nullptr);
        stream_of(context, handle);
        *priority = 0;
    });
}

DRIVER_CALL cuStreamGetFlags(CUstream handle, unsigned* flags) {
    return in_context([&](Context& context) {
        require(flags != nullptr);
        *flags = stream_of(context, handle)->flags;
    });
}

DRIVER_CALL cuStreamDestroy_v2(CUstream handle) {
    return after_init([&] {
        const auto stream = streams.get(handle);
        require(stream->capture == nullptr, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
        finish(stream);
        streams.remove(handle);
    });
}

DRIVER_CALL cuStreamSynchronize(CUstream handle) {
    return in_context([&](Context& context) {
        const auto stream = stream_of(context, handle);
        refuse_while_capturing(*stream);
        finish(stream);
    });
}

// A query carries out one piece of work, so that a caller that polls gets there.
DRIVER_CALL cuStreamQuery(CUstream handle) {
    return in_context([&](Context& context) {
        const auto stream = stream_of(context, handle);
        refuse_while_capturing(*stream);
        if (stream->queue.empty()) return;
        run_until({stream, stream->completed + 1});
        require(stream->queue.empty(), CUDA_ERROR_NOT_READY);
    });
}
