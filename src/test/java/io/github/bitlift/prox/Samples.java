package io.github.bitlift.prox;

import java.util.Random;

/** Seeded rows for the tests: ordinary values, kinks, saturation, and points in the domain of Ψ. */
record Samples(ProxMap map, Random random) {

    Samples(ProxMap map, long seed) {
        this(map, new Random(seed * 31 + map.toString().hashCode()));
    }

    /** A width the map accepts, at most 8. */
    int width() {
        return switch (map.coupling()) {
            case 0 -> 2 + random.nextInt(5);
            case 1 -> 3;
            default -> map.coupling() * (1 + random.nextInt(8 / map.coupling()));
        };
    }

    float[] row(int n) {
        float[] v = new float[n];
        float scale = new float[] {0.2f, 1f, 4f, 12f}[random.nextInt(4)];
        for (int i = 0; i < n; i++) {
            v[i] = switch (random.nextInt(12)) {
                case 0 -> kink();
                case 1 -> -kink();
                case 2 -> 0f;
                default -> scale * (float) random.nextGaussian();
            };
        }
        return v;
    }

    private float kink() {
        float[] scalars = map.parameters();
        return scalars.length == 0 || Float.isInfinite(scalars[0]) ? 1f : scalars[0];
    }

    /** A point in the domain of Ψ, at its boundary now and then. */
    float[] feasible(int n) {
        float[] u = row(n);
        if (map instanceof Softmax) {
            return dyadic(n);
        }
        for (int i = 0; i < n; i++) {
            boolean edge = random.nextInt(6) == 0;
            u[i] = switch (map.stem()) {
                case "relu" -> Math.abs(u[i]);
                case "tanh" -> edge ? Math.signum(u[i]) : 2f * random.nextFloat() - 1f;
                case "sigmoid" -> edge ? (u[i] > 0 ? 1f : 0f) : random.nextFloat();
                case "box" -> edge ? map.parameters()[1] == Float.POSITIVE_INFINITY ? 0f : map.parameters()[1]
                        : inBox(map.parameters()[0], map.parameters()[1]);
                default -> u[i];
            };
        }
        return u;
    }

    private float inBox(float lower, float upper) {
        return upper == Float.POSITIVE_INFINITY ? lower + random.nextFloat()
                : lower + (upper - lower) * random.nextFloat();
    }

    /** A row of multiples of 2^−12 that sums to 1 exactly, with zeros. */
    private float[] dyadic(int n) {
        int[] counts = new int[n];
        int possible = 1 + random.nextInt(n);
        for (int k = 0; k < 4096; k++) {
            counts[random.nextInt(possible)]++;
        }
        float[] u = new float[n];
        for (int i = 0; i < n; i++) {
            u[i] = counts[i] / 4096f;
        }
        return u;
    }

    /** A point of the domain within a few ulp of σ(v), or as near as the exact simplex allows. */
    float[] near(float[] v) {
        int n = v.length;
        float[] u = new float[n];
        map.activate(v, 0, u, 0, n, new RowScratch());
        if (map instanceof Softmax) {
            int largest = 0;
            double rest = 1;
            for (int i = 0; i < n; i++) {
                u[i] = (float) (Math.floor(u[i] * 0x1p22) * 0x1p-22);
                rest -= u[i];
                largest = u[i] > u[largest] ? i : largest;
            }
            u[largest] += (float) rest;
            return u;
        }
        for (int i = 0; i < n; i++) {
            float moved = u[i] + (random.nextInt(9) - 4) * Math.ulp(u[i]);
            u[i] = map instanceof Separable separable && Double.isInfinite(separable.potential(moved)) ? u[i] : moved;
        }
        return u;
    }
}
