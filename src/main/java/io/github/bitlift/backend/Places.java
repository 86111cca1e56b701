package io.github.bitlift.backend;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where one operation writes. Everything else that it uses must lie elsewhere, as backends don't agree on when a part of an
 * operation reads what another part writes. First all results are taken, then all operands are checked.
 */
final class Places {
    /** A result. */
    private record Place(String role, Matrix matrix) {}

    private final String operation;
    /** Results by their first element; none overlaps another. */
    private final Map<Buffer, TreeMap<Long, Place>> written = new IdentityHashMap<>();

    /** For the operation of that name. */
    Places(String operation) {
        this.operation = operation;
    }

    /** Takes a result; null stands for none. */
    Places write(String role, Matrix result) {
        read(role, result);
        if (result != null && result.size() > 0) {
            written.computeIfAbsent(result.buffer(), none -> new TreeMap<>())
                    .put(result.offset(), new Place(role, result));
        }
        return this;
    }

    /**
     * Checks an operand; null stands for none.
     *
     * @throws IllegalArgumentException if it overlaps a result
     */
    Places read(String role, Matrix operand) {
        if (operand == null || operand.size() == 0 || !written.containsKey(operand.buffer())) {
            return this;
        }
        // Of disjoint results, the last one that begins before the operand's end reaches furthest.
        var nearest = written.get(operand.buffer()).lowerEntry(operand.offset() + operand.size());
        if (nearest != null && nearest.getValue().matrix().overlaps(operand)) {
            throw new IllegalArgumentException(operation + ": " + at(role, operand) + " overlaps "
                    + at(nearest.getValue().role(), nearest.getValue().matrix())
                    + ", which the same operation writes; expected memory of its own");
        }
        return this;
    }

    private static String at(String role, Matrix matrix) {
        return role + " " + matrix.shape() + " at " + matrix.offset();
    }
}
