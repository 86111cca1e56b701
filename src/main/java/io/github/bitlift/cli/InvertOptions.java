package io.github.bitlift.cli;

import io.github.bitlift.inversion.Inversion;
import io.github.bitlift.inversion.Steps;
import io.github.bitlift.inversion.ImageVariation;
import io.github.bitlift.io.InputException;
import io.github.bitlift.solver.TotalVariation;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What {@code bitlift invert} is told. */
final class InvertOptions {
    private static final int ONE_LAYER = 1000;
    private static final int SEVERAL_LAYERS = 500;
    private static final int INNER = 10;
    private static final long SEED = 1;

    @Option(names = "--model", paramLabel = "MODEL", required = true, order = 1,
            description = "model.safetensors, with its manifest.json beside it.")
    Path modelPath;

    @Option(names = "--code", paramLabel = "PATH", order = 2,
            description = "A float32 .npy table [samples, numbers of a code], or a folder of them; can be given several times.")
    List<Path> codes = new ArrayList<>();

    @Option(names = "--image", paramLabel = "PATH", order = 3,
            description = "Instead of --code: a PNG or JPEG picture, a table [samples, pixels], or a folder of them; can be"
                    + " given several times.")
    List<Path> images = new ArrayList<>();

    @Option(names = "--noise", paramLabel = "S", order = 4,
            description = "With --image: standard deviation of Gaussian noise added to the codes (default: 0).")
    Double noise;

    @Option(names = "--seed", paramLabel = "N", order = 5, description = "Of --noise (default: " + SEED + ").")
    Long seed;

    @Option(names = "--rho", paramLabel = "R", defaultValue = "0.07", order = 6,
            description = "Weight of the total variation (default: ${DEFAULT-VALUE}).")
    double rho;

    @Option(names = "--anisotropic", order = 7, description = "Sum of absolute differences in place of Euclidean norms.")
    boolean anisotropic;

    @Option(names = "--layers", paramLabel = "N", order = 8, description = "Invert the first N layers.")
    Integer layers;

    @Option(names = "--iterations", paramLabel = "N", order = 9,
            description = "At most: primal-dual steps for one layer (default: " + ONE_LAYER + "), else outer iterations"
                    + " (default: " + SEVERAL_LAYERS + ").")
    Integer iterations;

    @Option(names = "--inner", paramLabel = "N", order = 10,
            description = "With several layers: primal-dual steps on the input per outer iteration (default: " + INNER + ").")
    Integer inner;

    @Option(names = "--tolerance", paramLabel = "T", defaultValue = "1e-5", order = 11,
            description = "An image is done when nothing changes by more than this in norm (default: ${DEFAULT-VALUE}).")
    double tolerance;

    /** Iterations that one program may hold. */
    private static final int MOST_EVERY = 1000;

    @Option(names = "--check-every", paramLabel = "N", defaultValue = "10", order = 12,
            description = "Iterations from one look at that to the next (default: ${DEFAULT-VALUE}).")
    int every;

    @Option(names = "--tau-x", paramLabel = "T", order = 13,
            description = "Step on the input (default: 1.99/(||W||^2 + 2 rho)); with --tau-z.")
    Double tauX;

    @Option(names = "--tau-z", paramLabel = "T", order = 14,
            description = "Step on the dual variable (default: 1/(8 rho)); with --tau-x.")
    Double tauZ;

    @Option(names = "--height", paramLabel = "H", order = 15,
            description = "Of an image (default: the model's, or square); with --width.")
    Integer height;

    @Option(names = "--width", paramLabel = "W", order = 16, description = "Of an image; with --height.")
    Integer width;

    @Option(names = "--resize", order = 17, description = "Bring pictures of another size to the model's.")
    boolean resize;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "100", order = 18,
            description = "Images at once (default: ${DEFAULT-VALUE}). The bits are the same.")
    int batch;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/invert", order = 19,
            description = "Where results go (default: ${DEFAULT-VALUE}).")
    Path out;

    /** Refuses bad values, and options that would do nothing. */
    void check() {
        if (codes.isEmpty() == images.isEmpty()) {
            throw new InputException("invert: expected either --code or --image");
        }
        if (noise != null && images.isEmpty()) {
            throw new InputException("--noise " + noise + ": expected with --image, as codes are taken as they are");
        }
        if (noise != null && !(noise >= 0 && noise < Float.MAX_VALUE)) {
            throw new InputException("--noise " + noise + ": expected a finite number of at least 0");
        }
        if (seed != null && noise == null) {
            throw new InputException("--seed " + seed + ": expected with --noise, which alone is random");
        }
        if (resize && images.isEmpty()) {
            throw new InputException("--resize: expected with --image, as codes are taken as they are");
        }
        Values.positive("--rho", rho);
        if ((tauX == null) != (tauZ == null)) {
            throw new InputException((tauX == null ? "--tau-z" : "--tau-x") + ": expected --tau-x and --tau-z together");
        }
        if (tauX == null && (float) (1 / (8.0 * (float) rho)) == Float.POSITIVE_INFINITY) {
            throw new InputException("--rho " + rho + ": expected a larger number, as the step 1/(8 rho) is no longer finite");
        }
        if (tauX != null) {
            Values.positive("--tau-x", tauX);
            Values.positive("--tau-z", tauZ);
        }
        if (!(tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY)) {
            throw new InputException("--tolerance " + tolerance + ": expected a finite number of at least 0");
        }
        Values.atLeast("--check-every", every, 1);
        Values.atMost("--check-every", every, MOST_EVERY);
        requireFolder();
        Values.atLeast("--batch", batch, 1);
        for (Object[] each : new Object[][] {
            {"--layers", layers}, {"--iterations", iterations}, {"--inner", inner}, {"--height", height}, {"--width", width}
        }) {
            if (each[1] != null) {
                Values.atLeast((String) each[0], (Integer) each[1], 1);
            }
        }
        Values.atMost("--iterations", iterations == null ? 1 : iterations, TotalVariation.MOST_ITERATIONS);
        Values.atMost("--inner", inner == null ? 1 : inner, TotalVariation.MOST_ITERATIONS);
        if ((height == null) != (width == null)) {
            throw new InputException((height == null ? "--width" : "--height") + ": expected --height and --width together");
        }
    }

    /** What the files hold; whether codes have the model's length isn't known yet. */
    List<InvertInput> read(ImageVariation shape) {
        return codes.isEmpty()
                ? InvertInput.files(images, "(?i).*\\.(png|jpe?g|npy)", "pictures or .npy tables").stream()
                        .map(file -> InvertInput.image(file, shape, resize)).toList()
                : InvertInput.files(codes, "(?i).*\\.npy", ".npy tables").stream().map(InvertInput::table).toList();
    }

    /** The shape of images: as given, the model's, or square. */
    ImageVariation shape(Model model) {
        int inputs = model.inputs();
        if (height != null) {
            if ((long) height * width != inputs) {
                throw new InputException("--height " + height + " --width " + width + ": " + (long) height * width
                        + " pixels; expected " + inputs + ", the model's inputs");
            }
            return new ImageVariation(height, width, !anisotropic);
        }
        if (model.rows() > 0 && model.rows() * model.columns() == inputs) {
            return new ImageVariation(model.rows(), model.columns(), !anisotropic);
        }
        int side = (int) Math.round(Math.sqrt(inputs));
        if (side * side != inputs) {
            throw InputException.in(modelPath, "takes " + inputs + " features, which make no square image",
                    "--height and --width");
        }
        return new ImageVariation(side, side, !anisotropic);
    }

    /** Of the noise. */
    long noiseSeed() {
        return seed == null ? SEED : seed;
    }

    /** Iterations at most. */
    int most(int layerCount) {
        return iterations != null ? iterations : layerCount == 1 ? ONE_LAYER : SEVERAL_LAYERS;
    }

    /** The same for the library. */
    Inversion.Options of(int layerCount) {
        Steps steps = tauX == null ? null : new Steps(tauX.floatValue(), tauZ.floatValue());
        return new Inversion.Options(
                (float) rho, steps, most(layerCount), inner == null ? INNER : inner, tolerance, every);
    }

    /** Refuses a folder that couldn't be made in the end. */
    private void requireFolder() {
        Path at = out.toAbsolutePath();
        while (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
            at = at.getParent();
        }
        if (!Files.isDirectory(at) || !Files.isWritable(at)) {
            throw InputException.in(out, "cannot be made", "a folder where files can be written");
        }
    }
}
