"""Checks packed 2:4 on sparse tensor cores, and times them against dense ones.

    python3 benchmarks/gpu_two_of_four.py DIR [--out FILE] [--seconds 1.0]

DIR is what `node benchmarks/gpu-two-of-four.mjs DIR` wrote. Needs a GPU of the Ampere generation or newer and its driver;
no CUDA toolkit and no package: the PTX beside this file is compiled by the driver (libcuda). Where PyTorch is there, its
2:4 matrix products are timed as well. Prints one JSON; exit code 1 where a product is not what it should be, 3 without a
GPU.

The loops measure mma.sync, which every such GPU has. Hopper's peak needs wgmma, which is not measured here.
"""

import argparse
import array
import ctypes
import ctypes.util
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def command(*words):
    """What a program says; None where there is none."""
    if shutil.which(words[0]) is None:
        return None
    try:
        return subprocess.run(words, capture_output=True, text=True, timeout=60).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        return f"failed: {error}"


def inventory():
    """What of the tools is here."""
    libraries = {}
    for name in ("cuda", "nvidia-ptxjitcompiler", "cudart", "cublasLt", "cusparseLt", "nvinfer"):
        libraries[name] = ctypes.util.find_library(name)
    found = {
        "python": sys.version.split()[0],
        "nvidia-smi": command(
            "nvidia-smi", "--query-gpu=name,driver_version,compute_cap,clocks.max.sm,power.limit", "--format=csv,noheader"
        ),
        "nvcc": command("nvcc", "--version"),
        "trtexec": shutil.which("trtexec"),
        "libraries": libraries,
    }
    try:
        import torch

        found["torch"] = {"version": torch.__version__, "cuda": torch.version.cuda, "available": torch.cuda.is_available()}
    except Exception as error:  # a broken installation says why
        found["torch"] = {"version": None, "error": str(error)[:200]}
    return found


class Driver:
    """As much of the CUDA driver API as this takes."""

    def __init__(self):
        self.lib = None
        for name in ("libcuda.so.1", "libcuda.so"):
            try:
                self.lib = ctypes.CDLL(name)
                break
            except OSError:
                continue
        if self.lib is None:
            raise RuntimeError("libcuda.so.1 was not found: no NVIDIA driver here")
        self.call("cuInit", 0)
        self.device = ctypes.c_int()
        self.call("cuDeviceGet", ctypes.byref(self.device), 0)
        context = ctypes.c_void_p()
        self.call("cuDevicePrimaryCtxRetain", ctypes.byref(context), self.device)
        self.call("cuCtxSetCurrent", context)

    def call(self, name, *arguments):
        code = getattr(self.lib, name)(*arguments)
        if code != 0:
            text = ctypes.c_char_p()
            self.lib.cuGetErrorString(code, ctypes.byref(text))
            raise RuntimeError(f"{name}: error {code}: {(text.value or b'').decode()}")

    def attribute(self, number):
        value = ctypes.c_int()
        self.call("cuDeviceGetAttribute", ctypes.byref(value), number, self.device)
        return value.value

    def name(self):
        text = ctypes.create_string_buffer(200)
        self.call("cuDeviceGetName", text, 200, self.device)
        return text.value.decode()

    def version(self):
        value = ctypes.c_int()
        self.call("cuDriverGetVersion", ctypes.byref(value))
        return f"{value.value // 1000}.{value.value % 1000 // 10}"

    def module(self, ptx):
        log = ctypes.create_string_buffer(8192)
        size = ctypes.c_void_p(len(log))
        # CU_JIT_ERROR_LOG_BUFFER = 5, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6
        options = (ctypes.c_int * 2)(5, 6)
        values = (ctypes.c_void_p * 2)(ctypes.cast(log, ctypes.c_void_p), size)
        module = ctypes.c_void_p()
        try:
            self.call("cuModuleLoadDataEx", ctypes.byref(module), ptx.encode() + b"\0", 2, options, values)
        except RuntimeError as error:
            raise RuntimeError(f"{error}: {log.value.decode(errors='replace')[:1000]}")
        return module

    def function(self, module, name):
        function = ctypes.c_void_p()
        self.call("cuModuleGetFunction", ctypes.byref(function), module, name.encode())
        return function

    def allocate(self, size):
        pointer = ctypes.c_uint64()
        self.call("cuMemAlloc_v2", ctypes.byref(pointer), ctypes.c_size_t(max(16, size)))
        return pointer

    def upload(self, data):
        pointer = self.allocate(len(data))
        self.call("cuMemcpyHtoD_v2", pointer, data, ctypes.c_size_t(len(data)))
        return pointer

    def download(self, pointer, size):
        data = ctypes.create_string_buffer(size)
        self.call("cuMemcpyDtoH_v2", data, pointer, ctypes.c_size_t(size))
        return data.raw

    def launch(self, function, grid, block, arguments):
        held = [argument if not isinstance(argument, int) else ctypes.c_uint32(argument) for argument in arguments]
        pointers = (ctypes.c_void_p * len(held))(*[ctypes.cast(ctypes.byref(one), ctypes.c_void_p) for one in held])
        self.call("cuLaunchKernel", function, *grid, 1, block, 1, 1, 0, None, pointers, None)

    def synchronise(self):
        self.call("cuCtxSynchronize")

    def timed(self, work):
        """Milliseconds between two events."""
        events = [ctypes.c_void_p(), ctypes.c_void_p()]
        for event in events:
            self.call("cuEventCreate", ctypes.byref(event), 0)
        self.call("cuEventRecord", events[0], None)
        work()
        self.call("cuEventRecord", events[1], None)
        self.call("cuEventSynchronize", events[1])
        elapsed = ctypes.c_float()
        self.call("cuEventElapsedTime", ctypes.byref(elapsed), *events)
        for event in events:
            self.call("cuEventDestroy_v2", event)
        return elapsed.value


def read(folder, file):
    with open(os.path.join(folder, file), "rb") as handle:
        return handle.read()


def numbers(kind, data):
    values = array.array(kind)
    values.frombytes(data)
    return values


def compare(found, reference):
    worst = max(abs(a - b) for a, b in zip(found, reference))
    scale = max(abs(b) for b in reference)
    same = sum(1 for a, b in zip(found, reference) if a == b)
    return {"maxAbs": worst, "maxRel": worst / scale, "equal": same, "of": len(reference)}


def first_full_block(metadata, values, k):
    """The first word whose first block holds two weights, neither zero, that are not its first two."""
    words = k // 16
    for word in range(len(metadata) // 2):
        row, at = divmod(word, words)
        first = row * (k // 2) + 8 * at
        if metadata[2 * word] & 15 != 0x4 and values[first] & 0x7FFF and values[first + 1] & 0x7FFF:
            return word
    raise RuntimeError("no block to change")


# Sums of 512 products in float32 on another grouping: a few units in the last place of the largest term.
TOLERANCE = 1e-5


def check(driver, module, folder, cases):
    """Sparse and dense products of every case against the reference in float64."""
    sparse, dense = (driver.function(module, name) for name in ("sparse_product", "dense_product"))
    results = []
    for case in cases:
        m, n, k, files = case["m"], case["n"], case["k"], case["files"]
        reference = numbers("d", read(folder, files["reference"]))
        values, a, b = (driver.upload(read(folder, files[name])) for name in ("values", "dense", "b"))
        metadata = read(folder, files["metadata"])
        out = driver.allocate(4 * m * n)
        grid = (m // 16, n // 8)

        def product(bits):
            driver.launch(sparse, grid, 32, [values, driver.upload(bits), b, out, n, k])
            driver.synchronise()
            return numbers("f", driver.download(out, 4 * m * n))

        of_sparse = product(metadata)
        driver.launch(dense, grid, 32, [a, b, out, n, k])
        driver.synchronise()
        of_dense = numbers("f", driver.download(out, 4 * m * n))
        # Other indices in one word: the check must see it, or it sees nothing.
        wrong = bytearray(metadata)
        word = first_full_block(metadata, numbers("H", read(folder, files["values"])), k)
        wrong[2 * word] = (wrong[2 * word] & 0xF0) | 0x4
        of_wrong = product(bytes(wrong))
        result = {
            "case": case["name"],
            "size": [m, n, k],
            "exact": case["exact"],
            "sparse": compare(of_sparse, reference),
            "dense": compare(of_dense, reference),
            "sparseAgainstDense": compare(of_sparse, of_dense),
            "otherMetadata": compare(of_wrong, reference),
        }
        limit = 0 if case["exact"] else TOLERANCE
        result["holds"] = all(result[side]["maxRel"] <= limit for side in ("sparse", "dense"))
        result["noticesOtherMetadata"] = result["otherMetadata"]["maxRel"] > limit
        results.append(result)
    return results


# Multiply-accumulates of one turn of a warp: 8 products of 16 x 32 by 32 x 8.
MACS_A_TURN = 8 * 16 * 8 * 32
WARPS = 8


def loops(driver, module, seconds):
    """Nothing but products, sparse and dense in turns."""
    processors = driver.attribute(16)  # CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT
    blocks = 2 * processors
    out = driver.allocate(4 * blocks * 32 * WARPS)
    functions = {name: driver.function(module, f"{name}_loop") for name in ("sparse", "dense")}
    turns = 2000

    def once(name, count):
        return driver.timed(
            lambda: driver.launch(functions[name], (blocks, 1), 32 * WARPS, [out, count])
        )

    for name in functions:  # compiled, warm, clocks up
        for _ in range(3):
            once(name, turns)
    turns = max(turns, int(turns * 20 / max(once("dense", turns), 1e-3)))  # about 20 ms each
    samples = {name: [] for name in functions}
    for _ in range(max(5, int(seconds * 1000 / 40))):
        for name in functions:
            samples[name].append(once(name, turns))
    median = {name: sorted(times)[len(times) // 2] for name, times in samples.items()}
    macs = MACS_A_TURN * turns * blocks * WARPS
    rate = {name: 2 * macs / (ms * 1e-3) / 1e12 for name, ms in median.items()}
    spread = {
        name: (sorted(times)[int(0.9 * len(times))] - sorted(times)[int(0.1 * len(times))]) / median[name]
        for name, times in samples.items()
    }
    return {
        "what": "mma m16n8k32 float16 with float32 sums from registers, the same logical products",
        "multiprocessors": processors,
        "turns": turns,
        "samples": len(samples["dense"]),
        "medianMs": median,
        "spread": spread,
        "tflops": rate,
        "speedup": median["dense"] / median["sparse"],
    }


REPLAYS = 20


def replayed(torch, lefts, b, seconds):
    """The same products recorded once and replayed in turns: without what PyTorch does on the host for each of them."""
    try:
        graphs = {}
        for name, left in lefts.items():
            side = torch.cuda.Stream()
            with torch.cuda.stream(side):
                for _ in range(3):
                    left @ b
            torch.cuda.synchronize()
            graphs[name] = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graphs[name]):
                for _ in range(REPLAYS):
                    left @ b
        times = {name: [] for name in graphs}
        for _ in range(max(10, int(seconds * 20))):
            for name, graph in graphs.items():
                begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
                begin.record()
                graph.replay()
                end.record()
                torch.cuda.synchronize()
                times[name].append(begin.elapsed_time(end) / REPLAYS)
        median = {name: sorted(ms)[len(ms) // 2] for name, ms in times.items()}
        return {"medianMs": median, "speedup": median["dense"] / median["sparse"]}
    except Exception as error:
        return {"unavailable": str(error)[:300]}


def matrix_products(seconds):
    """torch.matmul against its 2:4 product, per backend; what it cannot do is said."""
    try:
        import torch
        from torch.sparse import SparseSemiStructuredTensor, to_sparse_semi_structured
    except Exception as error:
        return {"unavailable": str(error)[:200]}
    if not torch.cuda.is_available():
        return {"unavailable": "PyTorch sees no GPU"}
    rows = []
    for size in ((256, 256, 4096), (1024, 1024, 4096), (4096, 4096, 4096), (8192, 8192, 8192)):
        m, k, n = size
        pattern = torch.tensor([0, 0, 1, 1], dtype=torch.float16, device="cuda").tile((m, k // 4))
        a = torch.randn(m, k, dtype=torch.float16, device="cuda") * pattern
        b = torch.randn(k, n, dtype=torch.float16, device="cuda")
        for backend in ("cutlass", "cusparselt"):
            row = {"m": m, "k": k, "n": n, "backend": backend}
            try:
                SparseSemiStructuredTensor._FORCE_CUTLASS = backend == "cutlass"
                sparse = to_sparse_semi_structured(a)
                wanted, found = a @ b, sparse @ b
                row["maxRel"] = ((wanted - found).abs().max() / wanted.abs().max()).item()
                times = {"dense": [], "sparse": []}
                for _ in range(max(10, int(seconds * 20))):
                    for name, left in (("dense", a), ("sparse", sparse)):
                        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
                        begin.record()
                        for _ in range(5):
                            left @ b
                        end.record()
                        torch.cuda.synchronize()
                        times[name].append(begin.elapsed_time(end) / 5)
                median = {name: sorted(ms)[len(ms) // 2] for name, ms in times.items()}
                row["medianMs"] = median
                row["speedup"] = median["dense"] / median["sparse"]
                row["replayed"] = replayed(torch, {"dense": a, "sparse": sparse}, b, seconds)
            except Exception as error:
                row["unavailable"] = str(error)[:300]
            rows.append(row)
    return {"what": "A [M, K] 2:4 times B [K, N], float16", "rows": rows}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--out")
    parser.add_argument("--seconds", type=float, default=1.0)
    arguments = parser.parse_args()
    report = {"inventory": inventory()}
    code = 0
    try:
        driver = Driver()
        report["gpu"] = {
            "name": driver.name(),
            "driverCuda": driver.version(),
            "computeCapability": f"{driver.attribute(75)}.{driver.attribute(76)}",
        }
        with open(os.path.join(HERE, "gpu-two-of-four.ptx")) as handle:
            ptx = handle.read()
        cases = json.loads(read(arguments.folder, "cases.json"))
        # Newer drivers know the form for metadata that ascend, which this project's do.
        ordered = ptx.replace(".version 7.1", ".version 8.5").replace(
            "mma.sp.sync", "mma.sp::ordered_metadata.sync"
        )
        for form, text in (("mma.sp", ptx), ("mma.sp::ordered_metadata", ordered)):
            try:
                module = driver.module(text)
                checked = check(driver, module, arguments.folder, cases)
                if not all(one["holds"] and one["noticesOtherMetadata"] for one in checked):
                    code = 1
                report[form] = {"products": checked, "loops": loops(driver, module, arguments.seconds)}
            except RuntimeError as error:
                report[form] = {"unavailable": str(error)}
                if form == "mma.sp":
                    code = 1
    except (RuntimeError, OSError) as error:
        report["gpu"] = {"unavailable": str(error)}
        code = 3
    report["torch"] = matrix_products(arguments.seconds)
    text = json.dumps(report, indent=2)
    print(text)
    if arguments.out:
        with open(arguments.out, "w") as handle:
            handle.write(text + "\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
