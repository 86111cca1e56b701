package io.github.bitlift.backend;

import java.util.List;

/** What a block row of a {@link Product} writes and reads. */
final class RowPlaces {
    private RowPlaces() {}

    static void write(Places places, Matrix out, Epilogue epilogue, Update.Step then) {
        places.write("output", out);
        if (epilogue instanceof Epilogue.Activate activate) {
            places.write("pre-activation", activate.preactivation());
        } else if (epilogue instanceof Epilogue.Residual residual) {
            places.write("pre-activation", residual.preactivation()).write("pull", residual.pull());
        }
        if (then != null) {
            then.write(places);
        }
    }

    /** What is read, but for the output itself as addend or gradient. */
    static void read(Places places, Matrix out, List<Product.Term> terms, Epilogue epilogue, Update.Step then) {
        for (Product.Term term : terms) {
            if (term instanceof Product.Dense dense) {
                places.read("left factor", dense.left()).read("right factor", dense.right());
            } else if (term instanceof Product.Scaled scaled) {
                places.read("scaled term", scaled.operand());
            } else {
                read(places, (Convolved) term);
            }
        }
        readEpilogue(places, out, epilogue);
        if (then != null) {
            then.readBesideGradient(places);
        }
    }

    private static void read(Places places, Convolved term) {
        if (term instanceof Convolved.Forward forward) {
            places.read("images", forward.of()).read("weights", forward.weights());
        } else if (term instanceof Convolved.Adjoint adjoint) {
            places.read("operand", adjoint.of()).read("weights", adjoint.weights());
        } else if (term instanceof Convolved.Gradient gradient) {
            places.read("images", gradient.of()).read("residual", gradient.residual());
        }
    }

    private static void readEpilogue(Places places, Matrix out, Epilogue epilogue) {
        if (epilogue instanceof Epilogue.Activate activate) {
            places.read("bias", activate.bias());
        } else if (epilogue instanceof Epilogue.Residual residual) {
            places.read("bias", residual.bias()).read("target", residual.target());
        } else if (epilogue instanceof Epilogue.Pullback pullback) {
            places.read("pre-activation", pullback.preactivation());
        } else if (epilogue instanceof Epilogue.Add add && !add.addend().equals(out)) {
            places.read("addend", add.addend());
        }
    }
}
