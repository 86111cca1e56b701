#!/usr/bin/env python3
"""What PyTorch needs for the cases of `bitlift bench`, under their names.

    python3 torch_gpu.py --json torch.json            everything, on the first CUDA device
    python3 torch_gpu.py --quick --filter product/    fewer samples, one kind of case
    python3 torch_gpu.py --list                       the names; needs no PyTorch

Each case is written the ways a PyTorch user would: called as it is ("eager"), replayed as a CUDA graph ("graph"), and through
torch.compile and replayed as a CUDA graph ("compiled") where there is something to fuse. All layers of a net in a loop
("layers") or, where they have one shape, stacked in batched calls ("stacked"). Products in float32 proper and, apart, with
TF32 allowed, which keeps 10 bits of each factor. Sums are PyTorch's own, in float32; Bitlift's are in float64.

A time is the median of several samples; a sample is the mean of so many runs that it takes at least 20 ms, and before each a
large buffer is written so that it starts with cold caches. PyTorch promises no particular bits; no results are compared.
"""
import argparse
import json
import math
import statistics
import sys
import time

WIDTH = 784
NETS = {"784-784": [784] * 2, "7x784": [784] * 8, "784-64-64-10": [784, 64, 64, 10]}
SAMPLES = (100, 512, 5000)
LAMBDA, MU, RATE = 0.02, 5e-3, 8e-4
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
MAPS = ("identity", "relu", "soft_threshold", "tanh", "sigmoid", "softmax")
torch = None


class Case:
    """A name and what makes its forms: a function of a device that returns {form: callable}."""

    def __init__(self, name, samples, forms, has_product=False, fuses=False):
        self.name = name
        self.samples = samples
        self.forms = forms
        self.has_product = has_product
        self.fuses = fuses


# What the cases are made of.

def normal(device, *shape, factor=1.0):
    return torch.randn(*shape, device=device) * factor


def activate(name, v):
    if name == "identity":
        return v.clone()
    if name == "soft_threshold":
        return v - v.clamp(-LAMBDA, LAMBDA)
    if name == "softmax":
        return torch.softmax(v, dim=-1)
    return getattr(torch, name)(v)


def soft(v):
    return activate("soft_threshold", v)


def adam(x, gradient, first, second, threshold):
    """Adam's step with corrections 1, in place; then soft-thresholding unless the threshold is 0."""
    first.mul_(BETA1).add_(gradient, alpha=1 - BETA1)
    second.mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
    x.sub_(RATE * first / (second.sqrt() + EPSILON))
    if threshold:
        x.sub_(x.clamp(-threshold, threshold))


# Products: u [s, in], weights [out, in], r [s, out]; one leading axis more if stacked.

def forward_plain(o):
    torch.matmul(o.u, o.w.mT, out=o.out)


def forward_activate(o):
    o.out.copy_(soft(torch.matmul(o.u, o.w.mT) + o.b))


def forward_residual(o):
    v = torch.matmul(o.u, o.w.mT) + o.b
    o.out.copy_(MU * (soft(v) - o.target))
    o.pull.copy_(MU * (o.target - v))


def adjoint_plain(o):
    torch.matmul(o.r, o.w, out=o.back)


def adjoint_pullback(o):
    o.back.copy_(torch.matmul(o.r, o.w) * (o.u.abs() > LAMBDA))


def adjoint_adam(o):
    o.back.add_(torch.matmul(o.r, o.w))
    adam(o.u, o.back, o.first, o.second, RATE * MU * LAMBDA)


def gradient_plain(o):
    o.slope.copy_(torch.matmul(o.r.mT, o.u) * (1 / o.samples))


class Operands:
    """What the products of one layer, or of several stacked layers, read and write."""

    def __init__(self, device, samples, inputs, outputs, layers=()):
        self.samples = samples
        self.u = normal(device, *layers, samples, inputs)
        self.r = normal(device, *layers, samples, outputs)
        self.w = normal(device, *layers, outputs, inputs, factor=0.03)
        self.b = normal(device, *layers, 1, outputs)
        self.target = normal(device, *layers, samples, outputs)
        self.out, self.pull = torch.zeros_like(self.r), torch.zeros_like(self.r)
        self.back, self.first, self.second = (torch.zeros_like(self.u) for _ in range(3))
        self.slope = torch.zeros_like(self.w)


def product_forms(net, samples, body):
    widths = NETS[net]

    def forms(device):
        def in_a_loop():
            layers = [Operands(device, samples, widths[j], widths[j + 1]) for j in range(len(widths) - 1)]
            return lambda: [body(each) for each in layers]

        made = {"layers": in_a_loop()}
        if net == "7x784":
            stacked = Operands(device, samples, WIDTH, WIDTH, (len(widths) - 1,))
            made["stacked"] = lambda: body(stacked)
        return made

    return forms


def product_cases():
    bodies = {
        ("forward", "plain"): forward_plain,
        ("forward", "activate"): forward_activate,
        ("forward", "residual"): forward_residual,
        ("adjoint", "plain"): adjoint_plain,
        ("adjoint", "pullback"): adjoint_pullback,
        ("adjoint", "adam"): adjoint_adam,
        ("gradient", "plain"): gradient_plain,
    }
    for net in NETS:
        for samples in SAMPLES:
            for (layout, epilogue), body in bodies.items():
                yield Case(f"product/{layout}/{net}/{samples}/{epilogue}", samples, product_forms(net, samples, body),
                           has_product=True, fuses=epilogue != "plain" and net == "7x784" and samples == 5000)


# Everything else.

def one(make):
    """A single form."""
    return lambda device: {"whole": make(device)}


def map_case(kind, name, rows):
    def make(device):
        v, u, out = (normal(device, rows, WIDTH) for _ in range(3))
        if kind == "activate":
            return lambda: out.copy_(activate(name, v))
        return lambda: out.copy_(MU * (activate(name, v) - u))

    return Case(f"elementwise/{kind}/{name}/{rows}x{WIDTH}", rows, one(make), fuses=rows == 5000)


def adam_case(name, threshold, rows):
    def make(device):
        x, gradient = normal(device, rows, WIDTH), normal(device, rows, WIDTH)
        first, second = torch.zeros_like(x), torch.zeros_like(x)
        return lambda: adam(x, gradient, first, second, threshold)

    return Case(f"update/adam/{name}/{rows}x{WIDTH}", rows, one(make), fuses=rows == 5000)


def sum_case(kind, rows):
    def make(device):
        a, b, out = normal(device, rows, WIDTH), normal(device, rows, WIDTH), torch.zeros((), device=device)
        if kind == "squared_norm":
            return lambda: out.copy_((a * a).sum())
        if kind == "squared_distance":
            return lambda: out.copy_((a - b).square().sum())
        return lambda: out.copy_((a * b).sum())

    return Case(f"reduce/{kind}/{rows}x{WIDTH}", rows, one(make), fuses=rows == 5000)


def column_sum_case(net, rows):
    layers = len(NETS[net]) - 1

    def make(device):
        a, out = normal(device, layers, rows, WIDTH), torch.zeros(layers, 1, WIDTH, device=device)
        return lambda: out.copy_(a.sum(dim=1, keepdim=True) * (1 / rows))

    return Case(f"column_sum/{net}/{rows}", rows, one(make))


def copy_case(rows):
    def make(device):
        a, out = normal(device, rows, WIDTH), torch.zeros(rows, WIDTH, device=device)
        return lambda: out.copy_(a)

    return Case(f"copy/{rows}x{WIDTH}", rows, one(make))


class Perceptron:
    """The framework paper's perceptron 784 -> 6x784 -> 784, all layers stacked: [7, ...]."""

    def __init__(self, device, samples):
        self.samples = samples
        self.u = normal(device, 7, samples, WIDTH)
        self.w = normal(device, 7, WIDTH, WIDTH, factor=0.03)
        self.b = torch.zeros(7, 1, WIDTH, device=device)
        self.x = normal(device, samples, WIDTH)
        self.moments = {id(v): (torch.zeros_like(v), torch.zeros_like(v)) for v in (self.w, self.b)}
        self.first, self.second = (torch.zeros(6, samples, WIDTH, device=device) for _ in range(2))

    def residual(self, v):
        r = torch.empty_like(v)
        r[:6] = MU * (soft(v[:6]) - self.u[1:])
        r[6] = v[6] - self.x
        return r

    def move(self, variable, gradient):
        adam(variable, gradient, *self.moments[id(variable)], 0)

    def descend(self):
        """Block-coordinate descent: a step on the parameters, then one on the auxiliary variables."""
        r = self.residual(torch.baddbmm(self.b, self.u, self.w.mT))
        self.move(self.w, torch.bmm(r.mT, self.u) / self.samples)
        self.move(self.b, r.sum(dim=1, keepdim=True) / self.samples)
        v = torch.baddbmm(self.b, self.u, self.w.mT)
        r = self.residual(v)
        pull = MU * (self.u[1:] - v[:6]) + torch.bmm(r[1:], self.w[1:])
        adam(self.u[1:], pull, self.first, self.second, RATE * MU * LAMBDA)


def descent_case(samples):
    return Case(f"step/block_coordinate_descent/7x784/{samples}", samples,
                lambda device: {"stacked": Perceptron(device, samples).descend}, has_product=True, fuses=True)


def propagation_case(net, samples):
    """Back-propagation by autograd, with PyTorch's own fused Adam."""
    widths = NETS[net]

    def make(device):
        parts = []
        for j in range(len(widths) - 1):
            parts.append(torch.nn.Linear(widths[j], widths[j + 1], device=device))
            if j < len(widths) - 2:
                parts.append(torch.nn.ReLU() if net == "784-64-64-10" else torch.nn.Softshrink(LAMBDA))
        model = torch.nn.Sequential(*parts)
        on_gpu = torch.device(device).type == "cuda"
        optimiser = torch.optim.Adam(model.parameters(), lr=RATE, fused=True, capturable=on_gpu)
        y, x = normal(device, samples, widths[0]), normal(device, samples, widths[-1])

        def step():
            optimiser.zero_grad(set_to_none=True)
            (0.5 * (model(y) - x).square().sum() / samples).backward()
            optimiser.step()

        return step

    return Case(f"step/back_propagation/{net}/{samples}", samples, one(make), has_product=True)


def all_cases():
    cases = list(product_cases())
    for rows in (512, 5000):
        cases += [map_case(kind, name, rows) for kind in ("activate", "residual") for name in MAPS]
        cases += [adam_case("soft_threshold", RATE * MU * LAMBDA, rows), adam_case("plain", 0, rows)]
        cases += [sum_case(kind, rows) for kind in ("squared_norm", "squared_distance", "dot")]
        cases += [column_sum_case(net, rows) for net in ("784-784", "7x784")]
        cases += [copy_case(rows), descent_case(rows), propagation_case("7x784", rows)]
    cases.append(propagation_case("784-64-64-10", 100))
    return cases


# Taking times.

class Sampler:
    def __init__(self, device, quick):
        self.device = device
        self.on_gpu = torch.device(device).type == "cuda"
        self.count = 5 if quick else 9
        self.least, self.warm_up = (0.005, 0.15) if quick else (0.02, 0.3)
        self.flushed = torch.zeros(1 << 25, device=device)

    def wait(self):
        if self.on_gpu:
            torch.cuda.synchronize()

    def seconds(self, run, replays):
        start = time.perf_counter()
        for _ in range(replays):
            run()
        self.wait()
        return time.perf_counter() - start

    def measure(self, run):
        replays, spent = 1, 0.0
        while True:
            took = self.seconds(run, replays)
            spent += took
            if took < self.least:
                replays = math.ceil(replays * min(10, 1.2 * self.least / took))
            elif spent >= self.warm_up:
                break
        samples = []
        for _ in range(self.count):
            self.flushed.add_(1)
            self.wait()
            samples.append(self.seconds(run, replays) / replays)
        return {"seconds": statistics.median(samples), "least": min(samples), "most": max(samples),
                "samples": self.count, "replays": replays}

    def captured(self, run):
        """The same as a CUDA graph, warmed up on a side stream first as PyTorch asks for."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                run()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            run()
        return graph.replay


def variants(case, run, sampler):
    """Each way to call a form, made only when it is measured."""
    yield "eager", lambda: run
    if sampler.on_gpu:
        yield "graph", lambda: sampler.captured(run)
    if case.fuses:
        yield "compiled", lambda: compiled(run, sampler)


def compiled(run, sampler):
    torch._dynamo.reset()
    fused = torch.compile(run, dynamic=False)
    fused()
    return sampler.captured(fused) if sampler.on_gpu else fused


def rows_of(case, precision, sampler, deadline):
    """The measurements of one case; what fails or comes too late says so in its row."""
    allow = precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = allow
    torch.backends.cudnn.allow_tf32 = allow
    torch.manual_seed(1)
    for form, run in case.forms(sampler.device).items():
        for variant, make in variants(case, run, sampler):
            row = {"name": case.name, "form": form, "variant": variant, "precision": precision}
            if time.monotonic() > deadline:
                row["left_out"] = "out of time"
            else:
                try:
                    row.update(sampler.measure(make()))
                except Exception as problem:  # what torch.compile raises depends on what is installed
                    row["left_out"] = f"{type(problem).__name__}: {str(problem).strip().splitlines()[0]}"[:200]
            yield row


def run_all(cases, sampler, deadline):
    for number, case in enumerate(cases):
        for precision in ("float32", "tf32") if case.has_product and sampler.on_gpu else ("float32",):
            print(f"{number + 1} of {len(cases)}: {case.name} {precision}", file=sys.stderr)
            yield from rows_of(case, precision, sampler, deadline)


def show(row):
    found = f"{row['seconds'] * 1e6:12.2f} us" if "seconds" in row else row["left_out"]
    print(f"{row['name']:58} {row['form']:8} {row['variant']:9} {row['precision']:8} {found}", flush=True)


def device_name(device):
    return torch.cuda.get_device_name() if torch.device(device).type == "cuda" else "cpu"


def main():
    parser = argparse.ArgumentParser(description="Times PyTorch on the cases of `bitlift bench`.")
    parser.add_argument("--device", default="cuda", help="cuda, or cpu to try the script itself")
    parser.add_argument("--filter", default="", metavar="TEXT", help="only cases whose name contains TEXT")
    parser.add_argument("--quick", action="store_true", help="at most 512 samples, fewer and shorter measurements")
    parser.add_argument("--seconds", type=float, default=math.inf, help="begin nothing after so many seconds")
    parser.add_argument("--json", metavar="FILE", help="also write the results to FILE")
    parser.add_argument("--list", action="store_true", help="print the names of the cases and end")
    options = parser.parse_args()
    deadline = time.monotonic() + options.seconds
    cases = [case for case in all_cases()
             if options.filter in case.name and not (options.quick and case.samples > 512)]
    if options.list:
        print("\n".join(case.name for case in cases))
        return 0
    if not cases:
        parser.error(f"--filter {options.filter}: no case's name contains it")
    global torch
    try:
        import torch as installed
    except ImportError as problem:
        print(f"torch_gpu.py: {problem}; install PyTorch", file=sys.stderr)
        return 3
    torch = installed
    if torch.device(options.device).type == "cuda" and not torch.cuda.is_available():
        print("torch_gpu.py: PyTorch finds no CUDA device", file=sys.stderr)
        return 3
    report = {"torch": torch.__version__, "cuda": torch.version.cuda, "device": device_name(options.device),
              "quick": options.quick, "cases": []}
    for row in run_all(cases, Sampler(options.device, options.quick), deadline):
        show(row)
        report["cases"].append(row)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=2)
            file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
