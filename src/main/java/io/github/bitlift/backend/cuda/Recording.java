package io.github.bitlift.backend.cuda;

import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;

import java.util.List;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;

/**
 * Nodes recorded as a CUDA graph, which one call replays. Recorded in a stream of its own and with capture limited to the
 * recording thread, so that other threads' calls go on as usual. Used within the context's scope.
 */
final class Recording {
    private final Context context;
    private final CUgraphExec instance = new CUgraphExec();

    Recording(Context context, List<Work> works, Object subject) {
        this.context = context;
        Check check = context.check();
        CUgraph graph = capture(works, subject);
        try {
            check.that(cuGraphInstantiate(instance, graph, 0), "cuGraphInstantiate", subject);
        } finally {
            context.freed(cuGraphDestroy(graph), "cuGraphDestroy", subject);
        }
    }

    private CUgraph capture(List<Work> works, Object subject) {
        Check check = context.check();
        CUgraph graph = new CUgraph();
        check.that(
                cuStreamBeginCapture(context.recording(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                "cuStreamBeginCapture", subject);
        try {
            for (Work work : works) {
                work.enqueue(check, context.recording());
            }
        } catch (RuntimeException e) {
            if (cuStreamEndCapture(context.recording(), graph) == 0) {
                cuGraphDestroy(graph);
            }
            throw e;
        }
        check.that(cuStreamEndCapture(context.recording(), graph), "cuStreamEndCapture", subject);
        return graph;
    }

    void replay(Object subject) {
        context.check().that(cuGraphLaunch(instance, context.stream()), "cuGraphLaunch", subject);
    }

    void free(Object subject) {
        context.freed(cuGraphExecDestroy(instance), "cuGraphExecDestroy", subject);
    }
}
