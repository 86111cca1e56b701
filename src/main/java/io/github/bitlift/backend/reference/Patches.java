package io.github.bitlift.backend.reference;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.Fold;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.Unfold;

/** Unfolding and folding, number by number. */
final class Patches {
    private Patches() {}

    static void unfold(Unfold operation) {
        PatchGrid grid = operation.grid();
        float[] images = array(operation.images());
        float[] patches = array(operation.patches());
        for (int row = 0; row < operation.patches().rows(); row++) {
            int image = row / grid.patches();
            int oy = row % grid.patches() / grid.across();
            int ox = row % grid.across();
            for (int k = 0; k < grid.patchSize(); k++) {
                int y = grid.stride() * oy - grid.padding() + k / grid.channels() / grid.kernel();
                int x = grid.stride() * ox - grid.padding() + k / grid.channels() % grid.kernel();
                boolean inside = y >= 0 && y < grid.height() && x >= 0 && x < grid.width();
                int pixel = (y * grid.width() + x) * grid.channels() + k % grid.channels();
                patches[start(operation.patches(), row) + k] = inside ? images[start(operation.images(), image) + pixel] : 0f;
            }
        }
    }

    static void fold(Fold operation) {
        PatchGrid grid = operation.grid();
        float[] images = array(operation.images());
        for (int image = 0; image < operation.images().rows(); image++) {
            for (int i = 0; i < grid.imageSize(); i++) {
                int y = i / grid.channels() / grid.width();
                int x = i / grid.channels() % grid.width();
                images[start(operation.images(), image) + i] = sum(operation, image, y, x, i % grid.channels());
            }
        }
    }

    private static float sum(Fold operation, int image, int y, int x, int channel) {
        PatchGrid grid = operation.grid();
        float sum = 0f;
        for (int ky = 0; ky < grid.kernel(); ky++) {
            for (int kx = 0; kx < grid.kernel(); kx++) {
                int down = y + grid.padding() - ky;
                int across = x + grid.padding() - kx;
                boolean covers = down >= 0 && down % grid.stride() == 0 && down / grid.stride() < grid.down()
                        && across >= 0 && across % grid.stride() == 0 && across / grid.stride() < grid.across();
                if (covers) {
                    int row = image * grid.patches() + down / grid.stride() * grid.across() + across / grid.stride();
                    int place = (ky * grid.kernel() + kx) * grid.channels() + channel;
                    sum = sum + array(operation.patches())[start(operation.patches(), row) + place];
                }
            }
        }
        return sum;
    }
}
