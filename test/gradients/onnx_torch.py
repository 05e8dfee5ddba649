"""Runs ONNX nodes on PyTorch, so that autograd gives reference gradients.

Written from the ONNX operator specification with PyTorch's own functions; shares nothing with the package under test.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F


@dataclass
class Node:
    op: str
    inputs: list  # names, "" where left out
    outputs: list
    attrs: dict = field(default_factory=dict)
    domain: str = ""


def run(nodes, env, opset, training=False):
    """Evaluates nodes in order; `env` maps names to tensors and is filled."""
    for node in nodes:
        function = OPS.get((node.domain, node.op))
        if function is None:
            raise NotImplementedError(f"{node.domain}.{node.op}")
        operands = [env[name] if name else None for name in node.inputs]
        results = function(Call(node, operands, opset, training))
        if not isinstance(results, (list, tuple)):
            results = [results]
        for name, result in zip(node.outputs, results):
            if name:
                env[name] = result
    return env


@dataclass
class Call:
    node: Node
    operands: list
    opset: int
    training: bool

    def __getitem__(self, i):
        return self.operands[i] if i < len(self.operands) else None

    def attr(self, name, default=None):
        return self.node.attrs.get(name, default)

    def ints(self, i):
        return None if self[i] is None else [int(v) for v in self[i].flatten()]


OPS = {}


def op(*names, domain=""):
    def register(function):
        for name in names:
            OPS[(domain, name)] = function
        return function

    return register


def simple(name, function, domain=""):
    OPS[(domain, name)] = lambda c: function(*c.operands)


# Element by element

simple("Identity", lambda x: x)
simple("Neg", torch.neg)
simple("Abs", torch.abs)
simple("Reciprocal", torch.reciprocal)
simple("Sqrt", torch.sqrt)
simple("Exp", torch.exp)
simple("Log", torch.log)
simple("Erf", torch.erf)
for trigonometric in "Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh".split():
    simple(trigonometric, getattr(torch, trigonometric.lower()))
simple("Relu", torch.relu)
simple("Sigmoid", torch.sigmoid)
simple("Tanh", torch.tanh)
simple("Softplus", F.softplus)
simple("Softsign", F.softsign)
simple("Mish", F.mish)
simple("HardSwish", F.hardswish)
simple("Sign", torch.sign)
simple("Floor", torch.floor)
simple("Ceil", torch.ceil)
simple("Round", torch.round)
simple("Not", torch.logical_not)


@op("LeakyRelu")
def leaky_relu(c):
    return F.leaky_relu(c[0], c.attr("alpha", 0.01))


@op("ThresholdedRelu")
def thresholded_relu(c):
    return F.threshold(c[0], c.attr("alpha", 1.0), 0.0)


@op("Shrink")
def shrink(c):
    lambd, bias = c.attr("lambd", 0.5), c.attr("bias", 0.0)
    x = c[0]
    return torch.where(x < -lambd, x + bias, torch.where(x > lambd, x - bias, torch.zeros_like(x)))


@op("Elu")
def elu(c):
    return F.elu(c[0], c.attr("alpha", 1.0))


@op("Selu")
def selu(c):
    alpha, gamma = c.attr("alpha", 1.6732632423543772), c.attr("gamma", 1.0507009873554805)
    x = c[0]
    return gamma * torch.where(x > 0, x, alpha * (torch.exp(torch.clamp(x, max=0)) - 1))


@op("Celu")
def celu(c):
    return F.celu(c[0], c.attr("alpha", 1.0))


@op("HardSigmoid")
def hard_sigmoid(c):
    return torch.clamp(c.attr("alpha", 0.2) * c[0] + c.attr("beta", 0.5), 0, 1)


@op("Gelu")
def gelu(c):
    return F.gelu(c[0], approximate=c.attr("approximate", "none"))


OPS[("com.microsoft", "Gelu")] = lambda c: F.gelu(c[0])
OPS[("com.microsoft", "QuickGelu")] = lambda c: c[0] * torch.sigmoid(c.attr("alpha", 1.702) * c[0])
OPS[("", "Swish")] = lambda c: c[0] * torch.sigmoid(c.attr("alpha", 1.0) * c[0])


@op("PRelu")
def prelu(c):
    x, slope = c.operands
    return torch.where(x > 0, x, slope * x)


@op("Clip")
def clip(c):
    if c.opset < 11:
        return torch.clamp(c[0], c.attr("min", -math.inf), c.attr("max", math.inf))
    x = c[0]
    if c[1] is not None:
        x = torch.maximum(x, c[1])
    if c[2] is not None:
        x = torch.minimum(x, c[2])
    return x


TORCH_TYPES = {
    1: torch.float64,  # everything that is float is computed in float64
    10: torch.float64,
    11: torch.float64,
    6: torch.int32,
    7: torch.int64,
    9: torch.bool,
}


@op("Cast")
def cast(c):
    return c[0].to(TORCH_TYPES[c.attr("to")])


@op("Dropout")
def dropout(c):
    return c[0], torch.ones_like(c[0], dtype=torch.bool)


# Broadcasting

simple("Add", torch.add)
simple("Sub", torch.sub)
simple("Mul", torch.mul)
simple("Equal", torch.eq)
simple("Greater", torch.gt)
simple("Less", torch.lt)
simple("GreaterOrEqual", torch.ge)
simple("And", torch.logical_and)
simple("Where", torch.where)


@op("Div")
def div(c):
    if c[0].is_floating_point():
        return c[0] / c[1]
    return torch.div(c[0], c[1], rounding_mode="trunc")


@op("Pow")
def power(c):
    return torch.pow(c[0], c[1].to(c[0].dtype))


def folded(function):
    def fold(c):
        result = c[0]
        for operand in c.operands[1:]:
            result = function(result, operand)
        return result

    return fold


OPS[("", "Max")] = folded(torch.maximum)
OPS[("", "Min")] = folded(torch.minimum)
OPS[("", "Sum")] = folded(torch.add)
OPS[("", "Mean")] = lambda c: folded(torch.add)(c) / len(c.operands)


# Contractions

simple("MatMul", torch.matmul)


@op("Gemm")
def gemm(c):
    a = c[0].T if c.attr("transA", 0) else c[0]
    b = c[1].T if c.attr("transB", 0) else c[1]
    y = c.attr("alpha", 1.0) * (a @ b)
    return y if c[2] is None else y + c.attr("beta", 1.0) * c[2]


def window(c, kernel, spatial):
    """strides, dilations, pads at the beginning and end."""
    n = len(kernel)
    strides = c.attr("strides", [1] * n)
    dilations = c.attr("dilations", [1] * n)
    auto = c.attr("auto_pad", "NOTSET")
    if not auto.startswith("SAME"):
        pads = c.attr("pads", [0] * (2 * n)) if auto == "NOTSET" else [0] * (2 * n)
        return strides, dilations, pads[:n], pads[n:]
    begin, end = [], []
    for size, k, s, d in zip(spatial, kernel, strides, dilations):
        results = -(-size // s)
        total = max(0, (results - 1) * s + (k - 1) * d + 1 - size)
        half = total // 2
        begin.append(half if auto == "SAME_UPPER" else total - half)
        end.append(total - half if auto == "SAME_UPPER" else half)
    return strides, dilations, begin, end


def pad_spatial(x, begin, end, value=0.0):
    amounts = []
    for b, e in zip(reversed(begin), reversed(end)):
        amounts += [b, e]
    return F.pad(x, amounts, value=value)


@op("Conv")
def conv(c):
    x, w, b = c[0], c[1], c[2]
    kernel = list(w.shape[2:])
    strides, dilations, begin, end = window(c, kernel, x.shape[2:])
    function = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[len(kernel)]
    return function(pad_spatial(x, begin, end), w, b, strides, 0, dilations, c.attr("group", 1))


@op("ConvTranspose")
def conv_transpose(c):
    x, w, b = c[0], c[1], c[2]
    kernel = list(w.shape[2:])
    n = len(kernel)
    strides, dilations = c.attr("strides", [1] * n), c.attr("dilations", [1] * n)
    extra = c.attr("output_padding", [0] * n)
    function = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}[n]
    y = function(x, w, None, strides, 0, 0, c.attr("group", 1), dilations)
    y = pad_spatial(y, [0] * n, extra)
    auto, shape = c.attr("auto_pad", "NOTSET"), c.attr("output_shape")
    if shape is None and auto.startswith("SAME"):
        shape = [size * s for size, s in zip(x.shape[2:], strides)]
    if shape is None:
        pads = c.attr("pads", [0] * (2 * n)) if auto == "NOTSET" else [0] * (2 * n)
        begin, end = pads[:n], pads[n:]
    else:
        totals = [full - wanted for full, wanted in zip(y.shape[2:], shape)]
        half = [total // 2 for total in totals]
        rest = [total - one for total, one in zip(totals, half)]
        begin, end = (half, rest) if auto == "SAME_UPPER" else (rest, half)
    y = pad_spatial(y, [-one for one in begin], [-one for one in end])
    return y if b is None else y + b.reshape([-1] + [1] * n)


# Normalisation


@op("BatchNormalization")
def batch_normalization(c):
    x, scale, bias, mean, variance = c.operands
    epsilon = c.attr("epsilon", 1e-5)
    if c.training or c.attr("training_mode", 0):
        return F.batch_norm(x, None, None, scale, bias, True, 0.1, epsilon)
    return F.batch_norm(x, mean, variance, scale, bias, False, 0.0, epsilon)


@op("LayerNormalization")
def layer_normalization(c):
    x, scale, bias = c[0], c[1], c[2]
    axis = c.attr("axis", -1) % x.dim()
    y = F.layer_norm(x, x.shape[axis:], None, None, c.attr("epsilon", 1e-5)) * scale
    return y if bias is None else y + bias


@op("RMSNormalization", "SimplifiedLayerNormalization")
def rms_normalization(c):
    x, scale = c[0], c[1]
    axis = c.attr("axis", -1) % x.dim()
    return F.rms_norm(x, x.shape[axis:], None, c.attr("epsilon", 1e-5)) * scale


@op("InstanceNormalization")
def instance_normalization(c):
    return F.instance_norm(c[0], None, None, c[1], c[2], True, 0.0, c.attr("epsilon", 1e-5))


@op("GroupNormalization")
def group_normalization(c):
    x, scale, bias = c.operands
    groups = c.attr("num_groups")
    if c.opset < 21:
        repeats = x.shape[1] // groups
        scale, bias = scale.repeat_interleave(repeats), bias.repeat_interleave(repeats)
    return F.group_norm(x, groups, scale, bias, c.attr("epsilon", 1e-5))


@op("LpNormalization")
def lp_normalization(c):
    return F.normalize(c[0], p=c.attr("p", 2), dim=c.attr("axis", -1))


@op("LRN")
def lrn(c):
    x, size = c[0], c.attr("size")
    channels = x.shape[1]
    sums = []
    for i in range(channels):
        low = max(0, i - (size - 1) // 2)
        high = min(channels - 1, i + -(-(size - 1) // 2))
        sums.append((x[:, low : high + 1] ** 2).sum(1))
    base = c.attr("bias", 1.0) + c.attr("alpha", 1e-4) / size * torch.stack(sums, 1)
    return x / base ** c.attr("beta", 0.75)


def softmax_axes(c):
    rank = c[0].dim()
    if c.opset >= 13:
        return None, c.attr("axis", -1) % rank
    axis = c.attr("axis", 1)
    return (axis + rank if axis < 0 else axis), None


def softmax_like(function):
    def apply(c):
        coerced, axis = softmax_axes(c)
        x = c[0]
        if coerced is None:
            return function(x, axis)
        rows = math.prod(x.shape[:coerced])
        return function(x.reshape(rows, -1), 1).reshape(x.shape)

    return apply


OPS[("", "Softmax")] = softmax_like(F.softmax)
OPS[("", "LogSoftmax")] = softmax_like(F.log_softmax)


# Pools


def pooled_room(c, x, kernel, strides, dilations, begin, end):
    """More padding at the end, so that the last window under ceil_mode fits in."""
    more = []
    for size, k, s, d, b, e in zip(x.shape[2:], kernel, strides, dilations, begin, end):
        room = size + b + e - (k - 1) * d - 1
        results = room // s + 1
        if c.attr("ceil_mode", 0):
            results = -(-room // s) + 1
            if (results - 1) * s >= size + b:
                results -= 1
        more.append(max(0, (results - 1) * s + (k - 1) * d + 1 - (size + b + e)))
    return more


@op("MaxPool")
def max_pool(c):
    x, kernel = c[0], c.attr("kernel_shape")
    strides, dilations, begin, end = window(c, kernel, x.shape[2:])
    more = pooled_room(c, x, kernel, strides, dilations, begin, end)
    padded = pad_spatial(x, begin, [e + m for e, m in zip(end, more)], value=-math.inf)
    function = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}[len(kernel)]
    return function(padded, kernel, strides, 0, dilations)


@op("AveragePool")
def average_pool(c):
    x, kernel = c[0], c.attr("kernel_shape")
    n = len(kernel)
    strides, dilations, begin, end = window(c, kernel, x.shape[2:])
    more = pooled_room(c, x, kernel, strides, dilations, begin, end)
    function = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[n]
    channels = x.shape[1]
    ones = torch.ones([channels, 1] + kernel, dtype=x.dtype)

    def sums(values):
        return function(values, ones, None, strides, 0, dilations, channels)

    wide = [e + m for e, m in zip(end, more)]
    counted = pad_spatial(torch.ones_like(x), begin, end, value=float(c.attr("count_include_pad", 0)))
    return sums(pad_spatial(x, begin, wide)) / sums(pad_spatial(counted, [0] * n, more))


@op("GlobalAveragePool")
def global_average_pool(c):
    return c[0].mean(dim=tuple(range(2, c[0].dim())), keepdim=True)


@op("GlobalMaxPool")
def global_max_pool(c):
    return c[0].amax(dim=tuple(range(2, c[0].dim())), keepdim=True)


# Reductions


def reduction(name, since, function):
    def apply(c):
        x = c[0]
        axes = c.ints(1) if c.opset >= since else c.attr("axes")
        if not axes:
            if c.attr("noop_with_empty_axes", 0):
                return x
            axes = list(range(x.dim()))
        return function(x, tuple(axis % x.dim() for axis in axes), bool(c.attr("keepdims", 1)))

    OPS[("", name)] = apply


reduction("ReduceSum", 13, lambda x, d, k: x.sum(d, k))
reduction("ReduceMean", 18, lambda x, d, k: x.mean(d, k))
reduction("ReduceMax", 18, lambda x, d, k: x.amax(d, k))
reduction("ReduceMin", 18, lambda x, d, k: x.amin(d, k))
reduction("ReduceL1", 18, lambda x, d, k: x.abs().sum(d, k))
reduction("ReduceL2", 18, lambda x, d, k: torch.linalg.vector_norm(x, 2, d, k))
reduction("ReduceSumSquare", 18, lambda x, d, k: (x * x).sum(d, k))
reduction("ReduceLogSum", 18, lambda x, d, k: x.sum(d, k).log())
reduction("ReduceLogSumExp", 18, lambda x, d, k: torch.logsumexp(x, d, k))


# Moving elements


@op("Reshape")
def reshape(c):
    target = c.ints(1) if c.opset >= 5 else c.attr("shape")
    if not c.attr("allowzero", 0):
        target = [c[0].shape[i] if size == 0 else size for i, size in enumerate(target)]
    return c[0].reshape(target)


@op("Flatten")
def flatten(c):
    axis = c.attr("axis", 1)
    axis = axis + c[0].dim() if axis < 0 else axis
    return c[0].reshape(math.prod(c[0].shape[:axis]), -1)


@op("Squeeze")
def squeeze(c):
    axes = c.ints(1) if c.opset >= 13 else c.attr("axes")
    if axes is None:
        axes = [i for i, size in enumerate(c[0].shape) if size == 1]
    return c[0].squeeze(tuple(axes))


@op("Unsqueeze")
def unsqueeze(c):
    axes = c.ints(1) if c.opset >= 13 else c.attr("axes")
    y = c[0]
    rank = y.dim() + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        y = y.unsqueeze(axis)
    return y


@op("Transpose")
def transpose(c):
    return c[0].permute(c.attr("perm", list(reversed(range(c[0].dim())))))


@op("Concat")
def concat(c):
    return torch.cat(c.operands, c.attr("axis"))


@op("Split")
def split(c):
    sizes = c.ints(1) if c.opset >= 13 else c.attr("split")
    axis = c.attr("axis", 0)
    if sizes is None:
        count = len(c.node.outputs)
        size = c[0].shape[axis]
        part = -(-size // count)
        sizes = [min(part, size - i * part) for i in range(count)]
    return torch.split(c[0], sizes, axis)


@op("Slice")
def slice_(c):
    x = c[0]
    if c.opset < 10:
        starts, ends, axes, steps = c.attr("starts"), c.attr("ends"), c.attr("axes"), None
    else:
        starts, ends, axes, steps = c.ints(1), c.ints(2), c.ints(3), c.ints(4)
    axes = axes or list(range(len(starts)))
    for i, axis in enumerate(axes):
        step = steps[i] if steps else 1
        positions = range(*slice(starts[i], ends[i], step).indices(x.shape[axis]))
        if step < 0 and ends[i] < -x.shape[axis]:
            positions = range(*slice(starts[i], None, step).indices(x.shape[axis]))
        x = x.index_select(axis, torch.tensor(list(positions), dtype=torch.int64))
    return x


@op("Pad")
def pad(c):
    x = c[0]
    pads = c.ints(1) if c.opset >= 11 else c.attr("pads")
    value = c.attr("value", 0.0) if c.opset < 11 else (0.0 if c[2] is None else float(c[2]))
    mode = c.attr("mode", "constant")
    axes = c.ints(3) if c[3] is not None else list(range(x.dim()))
    half = len(pads) // 2
    for i, axis in enumerate(axes):
        axis %= x.dim()
        b, e = pads[i], pads[i + half]
        if b == 0 and e == 0:
            continue
        if mode == "constant":
            amounts = [0, 0] * (x.dim() - 1 - axis) + [b, e]
            x = F.pad(x, amounts, value=value)
        else:
            order = np.pad(np.arange(x.shape[axis]), (b, e), mode=mode)
            x = x.index_select(axis, torch.from_numpy(order))
    return x


@op("Expand")
def expand(c):
    shape = torch.broadcast_shapes(tuple(c[0].shape), tuple(c.ints(1)))
    return c[0].expand(shape)


@op("Tile")
def tile(c):
    return c[0].repeat(c.ints(1))


@op("Gather")
def gather(c):
    data, indices = c[0], c[1]
    axis = c.attr("axis", 0) % data.dim()
    flat = indices.flatten() % data.shape[axis]
    picked = data.index_select(axis, flat)
    return picked.reshape(list(data.shape[:axis]) + list(indices.shape) + list(data.shape[axis + 1 :]))


@op("GatherElements")
def gather_elements(c):
    axis = c.attr("axis", 0)
    return torch.gather(c[0], axis, c[1] % c[0].shape[axis])


@op("DepthToSpace")
def depth_to_space(c):
    x, b = c[0], c.attr("blocksize")
    n, depth, h, w = x.shape
    if c.attr("mode", "DCR") == "CRD":
        return F.pixel_shuffle(x, b)
    y = x.reshape(n, b, b, depth // b**2, h, w).permute(0, 3, 4, 1, 5, 2)
    return y.reshape(n, depth // b**2, h * b, w * b)


@op("SpaceToDepth")
def space_to_depth(c):
    x, b = c[0], c.attr("blocksize")
    n, depth, h, w = x.shape
    y = x.reshape(n, depth, h // b, b, w // b, b).permute(0, 3, 5, 1, 2, 4)
    return y.reshape(n, depth * b * b, h // b, w // b)


@op("Trilu")
def trilu(c):
    k = 0 if c[1] is None else int(c[1])
    return torch.triu(c[0], k) if c.attr("upper", 1) else torch.tril(c[0], k)


@op("Resize", "Upsample")
def resize(c):
    x = c[0]
    mode = c.attr("mode", "nearest")
    mode = "linear" if mode == "bilinear" else mode
    rank = x.dim()
    old = c.node.op == "Upsample" or c.opset < 11
    sizes = None
    if old:
        scales = c.attr("scales") if c.opset < 9 else [float(v) for v in c[1]]
    else:
        axes = c.attr("axes", list(range(rank)))
        given = c[3] if c[3] is not None else c[2]
        full = [1.0] * rank if c[3] is None else list(x.shape)
        for axis, value in zip(axes, given.tolist()):
            full[axis] = value
        scales = full if c[3] is None else [size / own for size, own in zip(full, x.shape)]
        sizes = None if c[3] is None else [int(size) for size in full]
    sizes = sizes or [math.floor(size * scale) for size, scale in zip(x.shape, scales)]
    coordinates = "asymmetric" if old else c.attr("coordinate_transformation_mode", "half_pixel")
    changed = [i for i in range(rank) if sizes[i] != x.shape[i]]
    built_in = changed and changed[0] >= 2 and all(sizes[i] == x.shape[i] for i in (0, 1))
    if built_in and mode != "nearest" and coordinates in ("half_pixel", "align_corners"):
        spatial = {("linear", 3): "linear", ("linear", 4): "bilinear", ("linear", 5): "trilinear"}
        name = spatial[(mode, rank)] if mode == "linear" else "bicubic"
        whole = all(s == int(s) or size / own == s for s, size, own in zip(scales, sizes, x.shape))
        if whole and not c.attr("exclude_outside", 0):
            return F.interpolate(x, sizes[2:], mode=name, align_corners=coordinates == "align_corners")
    for axis in changed:
        x = interpolate_axis(c, x, axis, sizes[axis], scales[axis], mode, coordinates, old)
    return x


def interpolate_axis(c, x, axis, results, scale, mode, coordinates, old):
    """Interpolation spelled out element by element."""
    size = x.shape[axis]
    rounding = "floor" if old else c.attr("nearest_mode", "round_prefer_floor")
    pieces = []
    for o in range(results):
        at = {
            "half_pixel": (o + 0.5) / scale - 0.5,
            "pytorch_half_pixel": (o + 0.5) / scale - 0.5 if results > 1 else 0.0,
            "asymmetric": o / scale,
            "align_corners": o * (size - 1) / (results - 1) if results > 1 else 0.0,
        }[coordinates]
        if mode == "nearest":
            low = math.floor(at)
            nearest = {
                "floor": low,
                "ceil": math.ceil(at),
                "round_prefer_floor": low if at - low <= 0.5 else low + 1,
                "round_prefer_ceil": low if at - low < 0.5 else low + 1,
            }[rounding]
            terms = [(nearest, 1.0)]
        elif mode == "linear":
            at = min(max(at, 0.0), size - 1.0)
            low = math.floor(at)
            terms = [(low, 1 - (at - low)), (low + 1, at - low)]
        else:
            low = math.floor(at)
            a = c.attr("cubic_coeff_a", -0.75)
            terms = []
            for tap in range(low - 1, low + 3):
                d = abs(at - tap)
                near = (a + 2) * d**3 - (a + 3) * d**2 + 1
                far = a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a
                terms.append((tap, near if d <= 1 else far))
            if c.attr("exclude_outside", 0):
                terms = [(tap, share) for tap, share in terms if 0 <= tap < size]
                total = sum(share for _, share in terms)
                terms = [(tap, share / total) for tap, share in terms]
        piece = 0
        for tap, share in terms:
            piece = piece + share * x.select(axis, min(max(tap, 0), size - 1))
        pieces.append(piece)
    return torch.stack(pieces, axis)


# Constants and shapes


@op("Constant")
def constant(c):
    return c.attr("value")


@op("Shape")
def shape(c):
    return torch.tensor(list(c[0].shape), dtype=torch.int64)


@op("ConstantOfShape")
def constant_of_shape(c):
    value = c.attr("value")
    value = torch.zeros(1, dtype=torch.float64) if value is None else value
    return torch.full(c.ints(0), value.item(), dtype=value.dtype)


@op("Range")
def range_(c):
    return torch.arange(c[0].item(), c[1].item(), c[2].item())
