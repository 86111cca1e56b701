package io.github.bitlift.backend;

import java.util.List;

/**
 * {@code patches ← all patches of images}: row {@code (i·down + oy)·across + ox} is patch (oy, ox) of image i. Products with
 * it are convolutions.
 *
 * <p>Numbers are copied, not computed: NaN, infinities and the signs of zeros go through as they are, and what lies outside
 * the image is +0. Overlapping views are refused.
 *
 * @param images {@code [n, imageSize]}
 * @param grid how the patches lie
 * @param patches {@code [n·patches, patchSize]}
 */
public record Unfold(Matrix images, PatchGrid grid, Matrix patches) implements Operation {

    /** Checks shapes, and that nothing overlaps. */
    public Unfold {
        grid.check("unfold", images, patches);
        new Places("unfold").write("patches", patches).read("images", images);
    }

    @Override
    public void on(Kernels kernels) {
        kernels.unfold(this);
    }

    @Override
    public List<Matrix> results() {
        return List.of(patches);
    }
}
