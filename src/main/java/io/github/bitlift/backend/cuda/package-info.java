/**
 * Bitlift's kernels on NVIDIA GPUs, through JCuda's driver API: the driver is all a user needs. The same classes run on the
 * emulated driver.
 *
 * <p><b>Who does what.</b> {@link io.github.bitlift.backend.cuda.CudaBackend} opens a device. {@code Natives} and {@code
 * UnpackedLibrary} load JCuda, {@code Driver} finds devices, {@code Context} holds context, streams and lock, {@code Check}
 * sees every result, {@code Arena} owns all memory, {@code Staging} moves numbers, {@code Modules} loads kernels. A program
 * is planned ({@code Planner}, {@code Products}, {@code Updates}, {@code Reductions}, {@code PowerIterations} fill a {@code
 * Plan}; a product's rows become {@code RowTasks}: {@code TermChain}, {@code EpiloguePlan}; then {@code RowLaunches}), given
 * memory ({@code ProgramMemory}) and recorded as a CUDA graph ({@code Recording}, all owned by {@code Recordings}); a run is one
 * graph launch and allocates nothing.
 *
 * <p><b>Threads.</b> Everything of a backend may be called from any thread. One lock guards a backend, one stream orders its
 * work; so what one thread enqueues is seen by what another enqueues later. Backends are independent of each other.
 *
 * <p><b>Embedding.</b> A backend has a context of its own, current only inside its calls: an application that uses CUDA
 * itself finds its own context as it left it. While it captures a stream in the driver's global mode, allocating, freeing
 * and compiling here would invalidate its capture, as any thread's would. Natives are loaded when the first backend is
 * opened. JCuda's global exception flag and {@code java.io.tmpdir} aren't touched; an application that switches the flag on
 * gets JCuda's exceptions instead of ours. A process can hold one driver: NVIDIA's or the emulated one.
 *
 * <p><b>Failures</b> are {@link io.github.bitlift.backend.BackendException}s in one line. Where there is not enough memory
 * the backend stays usable. A kernel that dies spoils its backend: what comes later fails and says why. A new backend works
 * on the emulated driver; NVIDIA documents that after such an error a process may have to be started anew, and where that
 * is so, opening one fails and says so. Launches are asynchronous, so such a failure shows at a later call and names the
 * operations enqueued since the last wait; {@code -Dbitlift.cuda.sync=true} waits after each launch and names the one.
 *
 * <p><b>What bounds what.</b> A replay costs three driver calls (context on, graph, context off), whatever the number of
 * kernels. Transfers go through pinned memory at the bus's rate, less one copy between heap and pinned memory on the host.
 * Waiting: {@code read} and {@code get} wait for all work before them; {@code write} waits only when 2 MiB are under way;
 * allocating, freeing and compiling may wait for the device, so they belong outside the steps.
 */
package io.github.bitlift.backend.cuda;
