package io.github.bitlift.backend.cuda;

import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDeviceGetCount;
import static jcuda.driver.JCudaDriver.cuDeviceGetName;
import static jcuda.driver.JCudaDriver.cuDeviceTotalMem;
import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuInit;

import io.github.bitlift.backend.BackendException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;

/** The driver of this JVM, loaded and initialised: its version and devices. */
final class Driver {
    static final String EMULATED = "emulated";
    /** CUDA 11.4: the first with all functions that are called here; a missing one would end the process. */
    private static final int OLDEST = 11_040;
    private static final String OTHERWISE = ", or use --backend cpu (same bits)";

    private final int version;
    private final List<DeviceInfo> devices;

    private Driver(int version, List<DeviceInfo> devices) {
        this.version = version;
        this.devices = devices;
    }

    /**
     * Loads what a device needs and initialises the driver; again and again where it is done already.
     *
     * @param emulated whether the emulated driver is asked for
     * @throws BackendException in one line, if there is no driver, it doesn't work, or this JVM has the other one
     */
    static Driver load(boolean emulated) {
        Natives.load(emulated);
        int[] version = new int[1];
        require(cuDriverGetVersion(version), "cuDriverGetVersion");
        if (version[0] < OLDEST) {
            throw new BackendException("cuda: the NVIDIA driver supports CUDA " + name(version[0]) + ", expected "
                    + name(OLDEST) + " or newer; install a newer driver (470 or later)" + OTHERWISE);
        }
        require(cuInit(0), "cuInit");
        int[] count = new int[1];
        require(cuDeviceGetCount(count), "cuDeviceGetCount");
        List<DeviceInfo> devices = new ArrayList<>();
        for (int ordinal = 0; ordinal < count[0]; ordinal++) {
            devices.add(describe(ordinal));
        }
        return new Driver(version[0], List.copyOf(devices));
    }

    private static DeviceInfo describe(int ordinal) {
        CUdevice device = handle(ordinal);
        byte[] name = new byte[256];
        require(cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        long[] memory = new long[1];
        require(cuDeviceTotalMem(memory, device), "cuDeviceTotalMem");
        return new DeviceInfo(ordinal, new String(name, 0, end, StandardCharsets.UTF_8),
                attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
                attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
                memory[0],
                attribute(device, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
                clock(device),
                attribute(device, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
                attribute(device, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR),
                attribute(device, CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH) != 0);
    }

    private static int attribute(CUdevice device, int which) {
        int[] value = new int[1];
        require(cuDeviceGetAttribute(value, which, device), "cuDeviceGetAttribute");
        return value[0];
    }

    /** Only reports need it, so a driver that doesn't say is no reason to fail. */
    private static int clock(CUdevice device) {
        int[] kilohertz = new int[1];
        return cuDeviceGetAttribute(kilohertz, CU_DEVICE_ATTRIBUTE_CLOCK_RATE, device) == CUresult.CUDA_SUCCESS
                ? kilohertz[0] : 0;
    }

    static CUdevice handle(int ordinal) {
        CUdevice device = new CUdevice();
        require(cuDeviceGet(device, ordinal), "cuDeviceGet");
        return device;
    }

    private static void require(int result, String call) {
        if (result != CUresult.CUDA_SUCCESS) {
            String remedy = switch (result) {
                case CUresult.CUDA_ERROR_NO_DEVICE -> "no NVIDIA GPU is visible; check nvidia-smi and CUDA_VISIBLE_DEVICES";
                case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, CUresult.CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE ->
                        "driver library and kernel module differ; reboot, or reinstall the driver";
                default -> "check the driver with nvidia-smi";
            };
            throw new BackendException("cuda: " + call + " failed: " + Check.describe(result) + "; " + remedy + OTHERWISE);
        }
    }

    /**
     * The device of a number, or the first whose name holds the text, upper or lower case.
     *
     * @throws BackendException if there is none, or it is too old
     */
    DeviceInfo device(String wanted) {
        String text = wanted.toLowerCase(Locale.ROOT);
        DeviceInfo found = devices.stream()
                .filter(device -> text.matches("[0-9]+") ? text.equals(String.valueOf(device.ordinal()))
                        : device.name().toLowerCase(Locale.ROOT).contains(text))
                .findFirst()
                .orElseThrow(() -> new BackendException("cuda: no device '" + wanted + "'; there "
                        + (devices.isEmpty() ? "is none" : "are " + devices.stream()
                                .map(DeviceInfo::description).collect(Collectors.joining("; ")))));
        if (!found.isSupported()) {
            throw new BackendException("cuda: device " + found.description() + " is too old, expected compute capability 7.5"
                    + " or newer; choose another with --device" + OTHERWISE);
        }
        return found;
    }

    List<DeviceInfo> devices() {
        return devices;
    }

    /** The newest CUDA version that the driver supports, {@code 12.6}. */
    String version() {
        return name(version);
    }

    private static String name(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }
}
