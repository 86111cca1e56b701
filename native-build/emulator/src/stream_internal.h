// Shared by streams, events and captures, and by nothing else.
#pragma once
#include "handles.h"
#include "stream.h"

namespace bitlift_emulator {

extern Handles<Stream> streams;
extern Handles<Event> events;

/** Puts work into a stream that is not capturing; it starts once the points are reached. */
void enqueue_after(const std::shared_ptr<Stream>& stream, std::vector<Point> after, Action action);
void run_until(const Point& point);

/** Throws, and spoils the capture, where this stream is capturing. */
void refuse_while_capturing(Stream& stream);

/** What capturing streams do where others record or wait for an event. */
void record_captured(Stream& stream, Event& event);
void wait_captured(const std::shared_ptr<Stream>& stream, const Event& event);

}  // namespace bitlift_emulator
