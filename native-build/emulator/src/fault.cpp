#include "fault.h"

#include <csignal>
#include <memory>

#include <ucontext.h>

#include "block.h"

namespace bitlift_emulator {

namespace {

constexpr int guarded_signals[] = {SIGSEGV, SIGBUS, SIGFPE};
constexpr std::size_t handler_stack_bytes = 64 * 1024;

struct sigaction previous[3];
stack_t previousStack;
pthread_t guardedThread;
std::unique_ptr<char[]> handlerStack;
int faultSignal;

/** Runs on the faulting thread's own stack, as if the faulting instruction had called it. */
[[noreturn]] void land() {
    if (faultSignal == SIGFPE) block.fail(CUDA_ERROR_LAUNCH_FAILED, "integer division by zero");
    block.fail(CUDA_ERROR_ILLEGAL_ADDRESS, "illegal memory access");
}

void pass_on(int signal, siginfo_t* info, void* context) {
    for (int i = 0; i < 3; i++) {
        if (guarded_signals[i] != signal) continue;
        if ((previous[i].sa_flags & SA_SIGINFO) != 0) return previous[i].sa_sigaction(signal, info, context);
        if (previous[i].sa_handler != SIG_DFL && previous[i].sa_handler != SIG_IGN) return previous[i].sa_handler(signal);
        sigaction(signal, &previous[i], nullptr);  // the access faults again, and then ends the process as it should
    }
}

void handle(int signal, siginfo_t* info, void* context) {
    if (!pthread_equal(pthread_self(), guardedThread) || bitlift_emulator_place == nullptr) return pass_on(signal, info, context);
    faultSignal = signal;
    auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    // A thread that ran out of stack has none left to land on; the block gives it its whole stack back.
    registers[REG_RSP] = reinterpret_cast<greg_t>(block.current().stack->beginning());
    registers[REG_RIP] = reinterpret_cast<greg_t>(&land);
}

}  // namespace

FaultGuard::FaultGuard() {
    if (handlerStack == nullptr) handlerStack.reset(new char[handler_stack_bytes]);
    guardedThread = pthread_self();
    stack_t own{};
    own.ss_sp = handlerStack.get();
    own.ss_size = handler_stack_bytes;
    sigaltstack(&own, &previousStack);
    for (int i = 0; i < 3; i++) {
        struct sigaction action {};
        action.sa_sigaction = handle;
        sigaction(guarded_signals[i], nullptr, &previous[i]);
        action.sa_mask = previous[i].sa_mask;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART | (previous[i].sa_flags & SA_NODEFER);
        sigaction(guarded_signals[i], &action, nullptr);
    }
}

FaultGuard::~FaultGuard() {
    for (int i = 0; i < 3; i++) sigaction(guarded_signals[i], &previous[i], nullptr);
    sigaltstack(&previousStack, nullptr);
}

}  // namespace bitlift_emulator
