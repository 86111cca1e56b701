#include "graph.h"

#include "driver_call.h"
#include "grid.h"
#include "stream.h"

namespace bitlift_emulator {

namespace {

struct Graph {
    Context* context;
    std::shared_ptr<const Capture> captured;
};

/** An instantiated graph; instances that wait in a stream keep what they run alive. */
struct GraphExec : Graph {};

Handles<Graph> graphs;
Handles<GraphExec> instances;

}  // namespace

std::size_t reclaim_graphs(Context& context) {
    const auto owned = [&](const Graph& graph) { return graph.context == &context; };
    return graphs.remove_if(owned) + instances.remove_if(owned);
}

std::size_t live_graphs() { return graphs.size() + instances.size(); }

}  // namespace bitlift_emulator

using namespace bitlift_emulator;

DRIVER_CALL cuStreamEndCapture(CUstream stream, CUgraph* graph) {
    return in_context([&](Context& context) {
        require(graph != nullptr);
        *graph = nullptr;
        *graph = graphs.add(std::make_shared<Graph>(Graph{&context, end_capture(*stream_of(context, stream))}));
    });
}

DRIVER_CALL cuGraphInstantiateWithFlags(CUgraphExec* instance, CUgraph handle, unsigned long long flags) {
    return in_context([&](Context&) {
        require(instance != nullptr);
        require(flags == 0, CUDA_ERROR_NOT_SUPPORTED);
        *instance = instances.add(std::make_shared<GraphExec>(GraphExec{*graphs.get(handle, CUDA_ERROR_INVALID_VALUE)}));
    });
}

DRIVER_CALL cuGraphUpload(CUgraphExec instance, CUstream stream) {
    return in_context([&](Context& context) {
        instances.get(instance, CUDA_ERROR_INVALID_VALUE);
        stream_of(context, stream);
    });
}

DRIVER_CALL cuGraphLaunch(CUgraphExec handle, CUstream streamHandle) {
    return in_context([&](Context& context) {
        const auto captured = instances.get(handle, CUDA_ERROR_INVALID_VALUE)->captured;
        const auto stream = stream_of(context, streamHandle);
        if (!execution && stream->capture == nullptr) return;
        enqueue(stream, [captured, &context] {
            for (const Action& action : captured->actions)
                if (context.failure == CUDA_SUCCESS) action();
        });
    });
}

DRIVER_CALL cuGraphDestroy(CUgraph graph) {
    return after_init([&] { graphs.remove(graph); });
}

DRIVER_CALL cuGraphExecDestroy(CUgraphExec instance) {
    return after_init([&] { instances.remove(instance); });
}
