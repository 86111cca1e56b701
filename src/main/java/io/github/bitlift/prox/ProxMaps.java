package io.github.bitlift.prox;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The catalogue of prox maps: one line per map, which is all a new one needs beside its record and its kernel. */
public final class ProxMaps {

    private record Entry(List<String> scalars, Function<double[], ProxMap> make) {
    }

    private static final Map<String, Entry> BY_NAME = catalogue();

    private ProxMaps() {
    }

    private static Map<String, Entry> catalogue() {
        Map<String, Entry> map = new LinkedHashMap<>();
        map.put("identity", new Entry(List.of(), s -> new Identity()));
        map.put("relu", new Entry(List.of(), s -> new Relu()));
        map.put("soft-threshold", new Entry(List.of("lambda"), s -> new SoftThreshold((float) s[0])));
        map.put("tanh", new Entry(List.of(), s -> new Tanh()));
        map.put("sigmoid", new Entry(List.of(), s -> new Sigmoid()));
        map.put("softmax", new Entry(List.of(), s -> new Softmax()));
        map.put("box", new Entry(List.of("lower", "upper"), s -> new Box((float) s[0], (float) s[1])));
        map.put("elastic-net", new Entry(List.of("lambda", "ridge"),
                s -> new ElasticNet((float) s[0], (float) s[1])));
        map.put("group-soft-threshold", new Entry(List.of("lambda", "group size"),
                s -> new GroupSoftThreshold((float) s[0], whole(s[1]))));
        return map;
    }

    /** One or two instances of every map, for tests and the catalogue of cases. */
    public static List<ProxMap> examples() {
        return List.of(new Identity(), new Relu(), new SoftThreshold(0.5f), new SoftThreshold(0.0123f), new Tanh(),
                new Sigmoid(), new Softmax(), Box.symmetric(0.75f), Box.unit(), new ElasticNet(0.5f, 0.25f),
                new ElasticNet(0f, 3f), new GroupSoftThreshold(0.5f, 2), new GroupSoftThreshold(1.5f, 4));
    }

    /** The names on the command line, in the order of the catalogue. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /** The scalars a map takes, in order; empty if there are none. */
    public static List<String> scalars(String name) {
        return entry(name).scalars();
    }

    /**
     * The map of that name, for example {@code parse("soft-threshold", 0.1)}.
     *
     * @param name one of {@link #names()}
     * @param scalars as many as {@link #scalars(String)} names; rounded to binary32
     * @throws IllegalArgumentException for an unknown name (the message lists the valid ones), a wrong number of scalars or a
     *     scalar outside its range
     */
    public static ProxMap parse(String name, double... scalars) {
        Entry entry = entry(name);
        if (scalars.length != entry.scalars().size()) {
            throw new IllegalArgumentException(name + ": got " + Arrays.toString(scalars) + ", expected "
                    + (entry.scalars().isEmpty() ? "no scalars" : String.join(" and ", entry.scalars())));
        }
        return entry.make().apply(scalars);
    }

    private static Entry entry(String name) {
        Entry entry = BY_NAME.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("activation '" + name + "', expected one of "
                    + String.join(" ", BY_NAME.keySet()));
        }
        return entry;
    }

    private static int whole(double x) {
        if (x != Math.rint(x) || x < 1 || x > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("group-soft-threshold: group size " + x + ", expected a whole number");
        }
        return (int) x;
    }
}
