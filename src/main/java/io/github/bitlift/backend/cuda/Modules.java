package io.github.bitlift.backend.cuda;

import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT;
import static jcuda.driver.JCudaDriver.cuFuncSetAttribute;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadDataJIT;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import io.github.bitlift.backend.BackendException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JITOptions;

/**
 * The kernels: PTX from the jar, one file per stem, translated by the driver when first needed. From compute capability 8.0
 * on {@code STEM.compute_80.ptx} goes before {@code STEM.ptx}, where there is one. Used within the context's scope.
 */
final class Modules {
    private static final String FOLDER = "/io/github/bitlift/kernels/";
    private static final int LOG_BYTES = 8192;
    /** What the kernels of {@code kernels/product.cuh} have in their names. */
    private static final String PRODUCT = "product_";
    private static final int ALL = 100;

    private final Context context;
    private final Map<String, CUmodule> modules = new HashMap<>();
    private final Map<String, CUfunction> functions = new HashMap<>();

    Modules(Context context) {
        this.context = context;
    }

    /** The kernel {@code name} of {@code kernels/stem.cu}. */
    CUfunction function(String stem, String name) {
        CUfunction known = functions.get(name);
        if (known == null) {
            known = new CUfunction();
            context.check().that(cuModuleGetFunction(known, module(stem), name), "cuModuleGetFunction", "kernel " + name);
            if (name.contains(PRODUCT)) {
                preferShared(known, name);
            }
            functions.put(name, known);
        }
        return known;
    }

    /** As much shared memory as there is: it decides how many tiles a multiprocessor holds, and caches are of little use. */
    private void preferShared(CUfunction function, String name) {
        int result = cuFuncSetAttribute(function, CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, ALL);
        context.check().that(result, "cuFuncSetAttribute", "kernel " + name);
    }

    /** Lets launches of a kernel have as much shared memory as the device gives a block. */
    void allowShared(CUfunction function, String name) {
        int most = context.device().blockShared();
        int result = cuFuncSetAttribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, most);
        context.check().that(result, "cuFuncSetAttribute", "kernel " + name);
        preferShared(function, name);
    }

    private CUmodule module(String stem) {
        CUmodule known = modules.get(stem);
        if (known == null) {
            known = load(stem);
            modules.put(stem, known);
        }
        return known;
    }

    private CUmodule load(String stem) {
        byte[] log = new byte[LOG_BYTES];
        JITOptions options = new JITOptions();
        options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, log);
        options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, LOG_BYTES);
        CUmodule module = new CUmodule();
        int result = cuModuleLoadDataJIT(module, Pointer.to(ptx(stem)), options);
        if (result != CUresult.CUDA_SUCCESS) {
            String said = options.getString(CUjit_option.CU_JIT_ERROR_LOG_BUFFER);
            throw context.check().failed(result, "cuModuleLoadDataEx", "kernels of " + stem
                    + (said == null || said.isBlank() ? "" : " (" + said.strip().lines().findFirst().orElse("") + ")"));
        }
        return module;
    }

    /** The text in direct memory, ended by a zero as the driver wants it. */
    private ByteBuffer ptx(String stem) {
        boolean newer = context.device().major() >= 8;
        try (InputStream in = newer ? open(stem + ".compute_80.ptx", stem + ".ptx") : open(stem + ".ptx")) {
            if (in == null) {
                throw new BackendException("cuda: the jar has no kernels of " + stem + " (" + FOLDER + stem + ".ptx)");
            }
            byte[] text = in.readAllBytes();
            return ByteBuffer.allocateDirect(text.length + 1).put(text).put((byte) 0).rewind();
        } catch (IOException e) {
            throw new BackendException("cuda: kernels of " + stem + " can't be read: " + e, e);
        }
    }

    private static InputStream open(String... names) {
        for (String name : names) {
            InputStream in = Modules.class.getResourceAsStream(FOLDER + name);
            if (in != null) {
                return in;
            }
        }
        return null;
    }

    void close() {
        List<CUmodule> all = new ArrayList<>(modules.values());
        modules.clear();
        functions.clear();
        for (CUmodule module : all) {
            context.freed(cuModuleUnload(module), "cuModuleUnload", "closing");
        }
    }
}
