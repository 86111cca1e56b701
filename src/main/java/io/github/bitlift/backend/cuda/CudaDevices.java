package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.BackendException;
import java.util.List;

/**
 * What of CUDA this JVM can use, for reports: a look that never throws.
 *
 * @param emulated whether it is the emulated driver
 * @param version the newest CUDA version the driver supports, {@code 12.6}, or null if there is no working driver
 * @param devices its devices
 * @param problem reason and remedy in one line if there is no working driver or no device, else null
 */
public record CudaDevices(boolean emulated, String version, List<DeviceInfo> devices, String problem) {

    /** Looks for NVIDIA's driver or, in a JVM that runs on the emulated one already, describes that. */
    public static CudaDevices find() {
        boolean emulated = EmulatedDriver.isLoaded();
        try {
            Driver driver = Driver.load(emulated);
            String problem = driver.devices().isEmpty() ? "cuda: the driver has no device; check nvidia-smi" : null;
            return new CudaDevices(emulated, driver.version(), driver.devices(), problem);
        } catch (BackendException e) {
            return new CudaDevices(emulated, null, List.of(), e.getMessage());
        } catch (LinkageError | RuntimeException e) {
            return new CudaDevices(emulated, null, List.of(), "cuda: " + e);
        }
    }
}
