package io.github.bitlift.backend.cuda;

import java.util.ArrayList;
import java.util.List;

/** A struct of a kernel's, field by field in the order of its declaration, laid out as C++ does. */
final class Struct {
    /** A field and where it lies. */
    record Field(int at, Value value) {}

    private final List<Field> fields = new ArrayList<>();
    private int size;

    Struct put(Value value) {
        size = (size + value.size() - 1) / value.size() * value.size();
        fields.add(new Field(size, value));
        size += value.size();
        return this;
    }

    Struct put(long value) {
        return put(Value.of(value));
    }

    Struct put(int value) {
        return put(Value.of(value));
    }

    Struct put(float value) {
        return put(Value.of(value));
    }

    /** Ends the struct; the kernel's source has a static_assert of the same size. */
    Struct ofSize(int expected) {
        int padded = (size + 7) / 8 * 8;
        if (padded != expected) {
            throw new AssertionError("struct of " + padded + " bytes, expected " + expected);
        }
        size = padded;
        return this;
    }

    int size() {
        return size;
    }

    List<Field> fields() {
        return fields;
    }
}
