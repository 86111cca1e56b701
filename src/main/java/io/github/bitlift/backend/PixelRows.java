package io.github.bitlift.backend;

import io.github.bitlift.prox.ProxMap;
import java.util.List;

/** Brings what belongs to a block row of images, {@code [n, pixels·channels]}, into its terms' shape {@code [n·pixels, channels]}. */
record PixelRows(int images, int rows, int columns) {

    /** Of the first term whose rows are pixels; null if there is none. */
    static PixelRows of(List<Product.Term> terms) {
        for (Product.Term term : terms) {
            if (term instanceof Convolved convolved && !(term instanceof Convolved.Gradient)) {
                return new PixelRows(convolved.images(), term.rows(), term.columns());
            }
        }
        return null;
    }

    /** A matrix of images; any other one as it is, for the row's own checks. */
    Matrix of(Matrix matrix) {
        boolean ofImages = matrix != null && matrix.rows() == images && matrix.size() == (long) rows * columns;
        return ofImages ? matrix.reshape(rows, columns) : matrix;
    }

    Product.Term of(Product.Term term) {
        return term instanceof Product.Scaled scaled ? new Product.Scaled(scaled.factor(), of(scaled.operand())) : term;
    }

    Epilogue of(Epilogue epilogue) {
        if (epilogue instanceof Epilogue.Activate activate) {
            return new Epilogue.Activate(activate.bias(), separable(activate.sigma()), of(activate.preactivation()));
        }
        if (epilogue instanceof Epilogue.Residual residual) {
            return new Epilogue.Residual(
                    residual.bias(), separable(residual.sigma()), of(residual.target()), residual.mu(),
                    of(residual.preactivation()), of(residual.pull()), residual.smoothRidge());
        }
        if (epilogue instanceof Epilogue.Pullback pullback) {
            return new Epilogue.Pullback(separable(pullback.sigma()), of(pullback.preactivation()));
        }
        return epilogue instanceof Epilogue.Add add ? new Epilogue.Add(of(add.addend())) : epilogue;
    }

    Update.Step of(Update.Step step) {
        if (step == null) {
            return null;
        }
        if (step.proximal() != null) {
            separable(step.proximal().map());
        }
        Update.Anchor anchor = step.anchor();
        return new Update.Step(
                step.rule(), of(step.x()), of(step.gradient()), of(step.first()), of(step.second()), step.coefficients(),
                anchor == null ? null : new Update.Anchor(of(anchor.point()), anchor.weight()), step.proximal());
    }

    /** Rows mean something else now. */
    private static ProxMap separable(ProxMap map) {
        if (map.coupling() != 1) {
            throw new IllegalArgumentException("product: " + map.stem().replace('_', '-')
                    + " couples the numbers of a row, which convolutions cut into pixels; expected a map of single numbers");
        }
        return map;
    }
}
