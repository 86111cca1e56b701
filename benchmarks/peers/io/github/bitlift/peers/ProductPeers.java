package io.github.bitlift.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.sun.jna.NativeLibrary;
import io.github.bitlift.backend.cpu.MicroKernels;
import io.github.bitlift.backend.cpu.Sgemm;
import io.github.bitlift.backend.cpu.Workers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.openblas.presets.openblas_nolapack;

/**
 * Times our matrix product against OpenBLAS's and PyTorch's.
 *
 * <p>Arguments: {@code threads=1,2}, {@code shapes=NT:512x784x784,...} (layout, m, n, k), {@code rounds=N},
 * {@code json=FILE}, {@code torch} to include PyTorch, {@code plain} to include our kernel without the Vector API, and
 * {@code clock=cpu} to count the calling thread's processor time. On a machine that others load, that still compares one
 * thread with one thread.
 */
public final class ProductPeers {
    private static final String SHAPES = "NT:5000x784x784,NN:5000x784x784,TN:784x784x5000,"
            + "NT:512x784x784,NN:512x784x784,TN:784x784x512,NT:1000x784x784,NN:1000x784x784,TN:784x784x1000,"
            + "NT:100x784x784,NN:100x784x784,TN:784x784x100,NT:64x784x784,NT:10x784x784,NT:1x784x784";

    private ProductPeers() {
    }

    /** One product: C [m, n] = op(A) op(B). */
    private record Shape3(boolean transposeA, boolean transposeB, int m, int n, int k) {
        static Shape3 parse(String text) {
            int[] sizes = Arrays.stream(text.substring(3).split("x")).mapToInt(Integer::parseInt).toArray();
            return new Shape3(text.charAt(0) == 'T', text.charAt(1) == 'T', sizes[0], sizes[1], sizes[2]);
        }

        double flop() {
            return 2.0 * m * n * k;
        }

        String text(String separator) {
            return (transposeA ? "T" : "N") + (transposeB ? "T" : "N") + separator + m + "x" + n + "x" + k;
        }
    }

    public static void main(String[] args) {
        Arguments arguments = Arguments.of(args);
        String threads = arguments.text("threads", "1,2");
        Comparison comparison = new Comparison("product", arguments, threads, 25);
        String built = openBlasConfiguration();
        System.out.println(built);
        String openBlas = "OpenBLAS " + built.split(" ")[1];
        for (String count : threads.split(",")) {
            openblas_nolapack.blas_set_num_threads(Integer.parseInt(count));
            try (Workers workers = new Workers(Integer.parseInt(count))) {
                for (String text : arguments.list("shapes", SHAPES)) {
                    compare(comparison, Shape3.parse(text), workers, openBlas, arguments);
                }
            }
        }
    }

    /** Version, options, and the processor whose kernels it has chosen. */
    private static String openBlasConfiguration() {
        Path binding = Path.of(Loader.load(openblas.class));
        return NativeLibrary.getInstance(binding.resolveSibling("libopenblas.so.0").toString())
                .getFunction("openblas_get_config").invokeString(new Object[0], false);
    }

    private static void compare(
            Comparison comparison, Shape3 s, Workers workers, String openBlas, Arguments arguments) {
        float[] a = Chain.normals(s.m * s.k, 1);
        float[] b = Chain.normals(s.k * s.n, 2);
        List<Contender> contenders = new ArrayList<>();
        contenders.add(ours("Bitlift", MicroKernels.best().name(), s, workers, a, b));
        contenders.add(openBlas(openBlas, s, a, b));
        if (arguments.has("plain")) {
            contenders.add(ours("Bitlift, plain loops", "plain", s, workers, a, b));
        }
        NDManager manager = arguments.has("torch") ? Torch.manager() : null;
        if (manager != null) {
            contenders.add(pyTorch(s, manager, a, b));
        }
        comparison.of(new Comparison.Task("product " + s.text(" "), workers.threads(), "shapes=" + s.text(":"), 1, s.flop()),
                contenders);
        if (manager != null) {
            manager.close();
        }
    }

    private static Contender ours(String name, String kernel, Shape3 s, Workers workers, float[] a, float[] b) {
        Sgemm sgemm = new Sgemm(workers, MicroKernels.named(kernel));
        float[] c = new float[s.m * s.n];
        return new Contender(name, () ->
                sgemm.multiply(s.transposeA, s.transposeB, s.m, s.n, s.k, a, 0, b, 0, c, 0, null));
    }

    private static Contender openBlas(String name, Shape3 s, float[] a, float[] b) {
        FloatPointer pa = new FloatPointer(a);
        FloatPointer pb = new FloatPointer(b);
        FloatPointer pc = new FloatPointer((long) s.m * s.n);
        return new Contender(name, () -> openblas.cblas_sgemm(openblas.CblasRowMajor,
                s.transposeA ? openblas.CblasTrans : openblas.CblasNoTrans,
                s.transposeB ? openblas.CblasTrans : openblas.CblasNoTrans, s.m, s.n, s.k, 1f,
                pa, s.transposeA ? s.m : s.k, pb, s.transposeB ? s.k : s.n, 0f, pc, s.n));
    }

    private static Contender pyTorch(Shape3 s, NDManager manager, float[] a, float[] b) {
        NDArray x = Torch.create(manager, a, s.transposeA ? s.k : s.m, s.transposeA ? s.m : s.k);
        NDArray y = Torch.create(manager, b, s.transposeB ? s.n : s.k, s.transposeB ? s.k : s.n);
        NDArray left = s.transposeA ? x.transpose() : x;
        NDArray right = s.transposeB ? y.transpose() : y;
        return new Contender(Torch.name(), () -> left.matMul(right).close());
    }
}
