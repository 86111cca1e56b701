// Streams and events. Work waits in its stream until somebody synchronises; a missing synchronisation shows as old data.
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "driver_types.h"

namespace bitlift_emulator {

struct Context;
struct Stream;

using Action = std::function<void()>;

/** "Everything put into `stream` up to its `position`-th piece of work"; no stream: nothing. */
struct Point {
    std::shared_ptr<Stream> stream;
    std::uint64_t position = 0;
};

struct Work {
    std::vector<Point> after;
    Action run;
};

/** What a stream capture has seen. `seen[s][t]` counts the pieces of stream t that stream s has waited for. */
struct Capture {
    Stream* origin;
    int mode;
    std::thread::id owner;
    bool invalid = false;
    std::vector<Action> actions;
    std::map<Stream*, std::map<Stream*, std::size_t>> seen;
};

struct Stream {
    Context* context;
    bool isDefault, blocking;
    unsigned flags = 0;
    std::uint64_t enqueued = 0, completed = 0;
    std::deque<Work> queue{};
    std::shared_ptr<Capture> capture{};
};

struct Event {
    Context* context;
    bool timed, recorded = false;
    Point point{};
    std::chrono::steady_clock::time_point reached{};
    std::shared_ptr<Capture> capture{};            // of the stream that last recorded it
    std::map<Stream*, std::size_t> captureSeen{};
};

std::shared_ptr<Stream> make_default_stream(Context& context);

/** The stream of a handle; null and the legacy and per-thread handles mean the context's default stream. */
std::shared_ptr<Stream> stream_of(Context& context, CUstream handle);

/** Puts work into a stream, or into the graph that the stream is capturing. */
void enqueue(const std::shared_ptr<Stream>& stream, Action action);

/** Carries out everything in the stream, and all that it waits for. */
void finish(const std::shared_ptr<Stream>& stream);
void finish_all(Context& context);
bool is_idle(const Context& context);

/** Throws, and spoils the captures in question, where one forbids calls that synchronise or allocate. */
void refuse_while_capturing();

std::size_t reclaim_streams(Context& context);
std::size_t live_streams();
std::size_t live_events();

/** Ends the capture that began in `stream` and hands over what it saw. */
std::shared_ptr<Capture> end_capture(Stream& stream);

}  // namespace bitlift_emulator
