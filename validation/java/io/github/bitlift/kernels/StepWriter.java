package io.github.bitlift.kernels;

import io.github.bitlift.backend.Update;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** UpdateStep of kernels/update.cuh, written independently of the backend. */
final class StepWriter {
    static final int BYTES = 104;
    /** In the order of Rule in update.cuh. */
    static final List<Update.Rule> RULES = List.of(new Update.Gradient(), Update.HeavyBall.of(0.9), Update.Nesterov.of(0.9),
            Update.Adam.of(0.9, 0.999, 1e-8));

    private StepWriter() {}

    /**
     * Writes one step.
     *
     * @param operands addresses of x, gradient, moments, coefficients and anchor, 0 for those it hasn't
     * @param rule null stands for the gradient's
     * @param proximal null for none
     */
    static void write(ByteBuffer to, long[] operands, int rows, int columns, Update.Rule rule, float anchorWeight,
            Update.Proximal proximal) {
        for (long operand : operands) {
            to.putLong(operand);
        }
        to.putLong(rows).putInt(columns).putInt(rule == null ? 0 : RULES.indexOf(rule)).putFloat(anchorWeight);
        for (float scalar : scalars(rule)) {
            to.putFloat(scalar);
        }
        to.putFloat(proximal == null ? 0f : proximal.weight()).putInt(proximal != null && proximal.ridge() ? 1 : 0);
        for (float parameter : proximal == null ? new float[2] : Arrays.copyOf(proximal.map().parameters(), 2)) {
            to.putFloat(parameter);
        }
    }

    /** β₁, β₂, their complements, ε. */
    private static float[] scalars(Update.Rule rule) {
        if (rule instanceof Update.HeavyBall r) {
            return new float[] {r.momentum(), 0, r.complement(), 0, 0};
        } else if (rule instanceof Update.Nesterov r) {
            return new float[] {r.momentum(), 0, r.complement(), 0, 0};
        } else if (rule instanceof Update.Adam r) {
            return new float[] {r.beta1(), r.beta2(), r.complement1(), r.complement2(), r.epsilon()};
        }
        return new float[5];
    }
}
