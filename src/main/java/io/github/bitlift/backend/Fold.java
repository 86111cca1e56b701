package io.github.bitlift.backend;

import java.util.List;

/**
 * {@code images ← sums of patches}, the adjoint of {@link Unfold}: each number of an image is the sum of the numbers that
 * unfolding would have copied it to.
 *
 * <p>The sum starts from +0 and adds the patches' numbers in ascending order of their place (ky, kx) in the patch, one
 * rounding per addition. So a pixel that no patch covers is +0, a single −0 gives +0, and a NaN or two opposite infinities give
 * NaN. What lies outside the image is dropped. Overlapping views are refused.
 *
 * @param patches {@code [n·patches, patchSize]}
 * @param grid how the patches lie
 * @param images {@code [n, imageSize]}
 */
public record Fold(Matrix patches, PatchGrid grid, Matrix images) implements Operation {

    /** Checks shapes, and that nothing overlaps. */
    public Fold {
        grid.check("fold", images, patches);
        new Places("fold").write("images", images).read("patches", patches);
    }

    @Override
    public void on(Kernels kernels) {
        kernels.fold(this);
    }

    @Override
    public List<Matrix> results() {
        return List.of(images);
    }
}
