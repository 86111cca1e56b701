package io.github.bitlift.backend.cuda;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Owns every recording of a backend, as CUDA doesn't promise that a context takes its graphs with it. */
final class Recordings {
    private final Context context;
    private final Set<Recording> live = Collections.newSetFromMap(new IdentityHashMap<>());

    Recordings(Context context) {
        this.context = context;
    }

    /** Records nodes; within the context's scope. */
    Recording of(List<Work> works, Object subject) {
        Recording recording = new Recording(context, works, subject);
        live.add(recording);
        return recording;
    }

    void free(Recording recording, Object subject) {
        if (live.remove(recording)) {
            recording.free(subject);
        }
    }

    /** Frees what is left. */
    void freeAll() {
        List<Recording> left = new ArrayList<>(live);
        live.clear();
        left.forEach(recording -> recording.free("closing"));
    }
}
