"""Writes golden/cases.jsonl: reference gradients of small ONNX graphs, by PyTorch's autograd in float64.

    python test/gradients/make_golden.py        needs torch and numpy; made with PyTorch 2.13

One case a line: the nodes, their inputs (float32, so that both sides start from the same numbers), the results, and the
gradients of loss = sum of r * y over the outputs, r_i = ((37 * i) mod 101 - 50) / 50 + 0.01, with respect to every
float input. Inputs lie on a permuted grid: all different, and none near a kink of the operator.
"""

import base64
import json
import math
import pathlib
import zlib

import numpy as np
import torch

from onnx_torch import Node, run

CASES = {}


def weights(size):
    return ((37 * np.arange(size)) % 101 - 50) / 50 + 0.01


class Draw:
    """Values of one case: cells of a grid over [low, high] in random order, moved away from kinks."""

    def __init__(self, name):
        self.random = np.random.RandomState(zlib.crc32(name.encode()))

    def many(self, shapes, low=-2.0, high=2.0, kinks=(), margin=0.02):
        sizes = [math.prod(shape) for shape in shapes]
        count = sum(sizes)
        cells = low + (np.arange(count) + 0.37) / count * (high - low)
        for kink in kinks:
            near = np.abs(cells - kink) < margin
            cells[near] = kink + np.where(cells[near] < kink, -1, 1) * (margin + np.abs(cells[near] - kink))
        cells = self.random.permutation(cells).astype(np.float32)
        parts = np.split(cells, np.cumsum(sizes)[:-1])
        return [part.reshape(shape) for part, shape in zip(parts, shapes)]

    def one(self, shape, **options):
        return self.many([shape], **options)[0]

    def integers(self, shape, low, high):
        return self.random.randint(low, high, size=shape).astype(np.int64)


def ints(*values):
    return np.array(values, dtype=np.int64)


def graph(name, nodes, inputs, outputs, opset=17, stored=(), constants=()):
    """A case of several nodes. Integers and booleans are stored; floats are fed unless `stored` names them. Of `constants`
    no gradient is asked."""
    assert name not in CASES, name
    env = {}
    for key, array in inputs.items():
        tensor = torch.from_numpy(array.copy())
        if array.dtype == np.float32:
            tensor = tensor.double().requires_grad_(key not in constants)
        env[key] = tensor
    leaves = {key: env[key] for key, array in inputs.items() if array.dtype == np.float32 and key not in constants}
    run(nodes, env, opset)
    loss = 0
    for output in outputs:
        flat = env[output].flatten()
        loss = loss + (flat * torch.from_numpy(weights(flat.numel()))).sum()
    gradients = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True)
    given = {}
    for (key, leaf), gradient in zip(leaves.items(), gradients):
        assert gradient is not None, (name, key)
        assert torch.isfinite(gradient).all() and gradient.abs().max() > 0, (name, key)
        given[key] = encode(gradient.numpy().astype(np.float32))
    CASES[name] = {
        "name": name,
        "opset": opset,
        "nodes": [encode_node(node) for node in nodes],
        "inputs": {key: encode(array) for key, array in inputs.items()},
        "stored": [key for key, array in inputs.items() if array.dtype != np.float32 or key in (*stored, *constants)],
        "outputs": {key: encode(env[key].detach().numpy().astype(np.float32)) for key in outputs},
        "gradients": given,
    }


def case(op, label, operands, attrs=None, opset=17, domain="", outputs=1, loss=None, store=False):
    """One node. `operands` by position: arrays, None where left out. With `store` all but the first are weights."""
    name = f"{domain + '.' if domain else ''}{op} {label}".strip()
    names = ["" if array is None else "xabcdefgh"[i] for i, array in enumerate(operands)]
    results = [f"y{i}" for i in range(outputs)]
    inputs = {key: array for key, array in zip(names, operands) if key}
    node = Node(op, names, results, attrs or {}, domain)
    stored = names[1:] if store else ()
    graph(name, [node], inputs, loss or results[:1], opset, stored)


def encode(array):
    kinds = {"float32": "f", "int64": "i", "bool": "b"}
    bytes_ = array.tobytes()
    return [kinds[str(array.dtype)], list(array.shape), base64.b64encode(bytes_).decode()]


def encode_node(node):
    def attribute(value):
        if isinstance(value, bool):
            return ["int", int(value)]
        if isinstance(value, int):
            return ["int", value]
        if isinstance(value, float):
            return ["float", value]
        if isinstance(value, str):
            return ["string", value]
        kind = "floats" if any(isinstance(one, float) for one in value) else "ints"
        return [kind, list(value)]

    return {
        "op": node.op,
        **({"domain": node.domain} if node.domain else {}),
        "inputs": node.inputs,
        "outputs": node.outputs,
        "attributes": {key: attribute(value) for key, value in node.attrs.items()},
    }


# Element by element


def elementwise():
    smooth = {
        "Identity": (-2, 2), "Neg": (-2, 2), "Exp": (-2, 2), "Erf": (-2, 2), "Sin": (-3, 3), "Cos": (-3, 3),
        "Tan": (-1.2, 1.2), "Asin": (-0.9, 0.9), "Acos": (-0.9, 0.9), "Atan": (-3, 3), "Sinh": (-2, 2),
        "Cosh": (-2, 2), "Asinh": (-3, 3), "Acosh": (1.2, 4), "Atanh": (-0.9, 0.9), "Log": (0.3, 3),
        "Sqrt": (0.3, 3), "Sigmoid": (-4, 4), "Tanh": (-2, 2), "Softplus": (-4, 4), "Mish": (-4, 4),
    }  # fmt: skip
    for op, (low, high) in smooth.items():
        opset = 18 if op == "Mish" else 17
        case(op, "", [Draw(op).one((3, 5), low=low, high=high)], opset=opset)
        case(op, "4-D", [Draw(op + "4").one((2, 3, 2, 2), low=low, high=high)], opset=max(opset, 21))
    kinked = {
        "Abs": [{}], "Reciprocal": [{}], "Relu": [{}], "Softsign": [{}], "HardSwish": [{}],
        "LeakyRelu": [{}, {"alpha": 0.3}], "Elu": [{}, {"alpha": 0.7}], "Celu": [{}, {"alpha": 1.7}],
        "Selu": [{}, {"alpha": 1.2, "gamma": 0.8}], "HardSigmoid": [{}, {"alpha": 0.3, "beta": 0.4}],
        "ThresholdedRelu": [{}, {"alpha": 0.4}], "Shrink": [{"lambd": 0.6}, {"lambd": 0.4, "bias": 0.2}],
    }  # fmt: skip
    kinks = (0, 3, -3, 1, 0.4, 0.6, -0.6, -0.4, 2.5, -2.5, 2, -4 / 3)
    for op, variants in kinked.items():
        for i, attrs in enumerate(variants):
            label = " ".join(f"{key} {value}" for key, value in attrs.items())
            x = Draw(f"{op}{i}").one((4, 6), low=-4, high=4, kinks=kinks)
            case(op, label, [x], attrs)
            x = Draw(f"{op}{i}.").one((2, 2, 3), low=-4, high=4, kinks=kinks)
            case(op, f"{label} 3-D".strip(), [x], attrs, opset=22)
    for approximate in ("none", "tanh"):
        x = Draw("gelu" + approximate).one((4, 6), low=-3, high=3)
        case("Gelu", approximate, [x], {"approximate": approximate}, opset=20)
        case("Gelu", approximate + " 26", [x], {"approximate": approximate}, opset=26)
    case("Gelu", "", [Draw("msgelu").one((4, 6), low=-3, high=3)], domain="com.microsoft")
    case("QuickGelu", "", [Draw("quick").one((4, 6), low=-3, high=3)], domain="com.microsoft")
    quick = Draw("quick1").one((4, 6), low=-3, high=3)
    case("QuickGelu", "alpha 1", [quick], {"alpha": 1.0}, domain="com.microsoft")
    case("Swish", "", [Draw("swish").one((4, 6), low=-3, high=3)], opset=24)
    case("Swish", "alpha 1.7", [Draw("swish2").one((4, 6), low=-3, high=3)], {"alpha": 1.7}, opset=24)
    case("Cast", "to the same type", [Draw("cast").one((3, 4))], {"to": 1})
    nodes = [Node("Cast", ["x"], ["wide"], {"to": 11}), Node("Cast", ["wide"], ["y"], {"to": 1})]
    graph("Cast there and back", nodes, {"x": Draw("cast twice").one((3, 4))}, ["y"])
    case("Dropout", "", [Draw("dropout").one((3, 4))])
    node = Node("Dropout", ["x", "ratio"], ["y"])
    inputs = {"x": Draw("dropout with a ratio").one((3, 4)), "ratio": np.array(0.4, np.float32)}
    graph("Dropout with a ratio", [node], inputs, ["y"], constants=["ratio"])
    case("Dropout", "opset 7", [Draw("dropout 7").one((3, 4))], {"ratio": 0.3}, opset=7)
    x = Draw("swish as exported").one((3, 4))
    nodes = [Node("Sigmoid", ["x"], ["s"]), Node("Mul", ["x", "s"], ["y"])]
    graph("swish as exported", nodes, {"x": x}, ["y"])
    x = Draw("gelu as exported").one((3, 4))
    nodes = [
        Node("Div", ["x", "r"], ["d"]), Node("Erf", ["d"], ["e"]), Node("Add", ["e", "one"], ["p"]),
        Node("Mul", ["x", "p"], ["m"]), Node("Mul", ["m", "half"], ["y"]),
    ]  # fmt: skip
    consts = {"r": np.float32(math.sqrt(2)), "one": np.float32(1), "half": np.float32(0.5)}
    graph("Gelu as exported", nodes, {"x": x, **{k: np.array(v) for k, v in consts.items()}}, ["y"])


def slopes():
    for label, slope in {"one": (1,), "per channel": (3, 1, 1), "full": (2, 3, 2, 2), "last axis": (2,)}.items():
        draw = Draw("prelu" + label)
        x = draw.one((2, 3, 2, 2), kinks=(0,))
        case("PRelu", f"slope {label}", [x, draw.one(slope, low=0.1, high=0.9)], store=label != "full")


def clips():
    for opset in (11, 13, 17):
        draw = Draw(f"clip{opset}")
        x = draw.one((4, 5), kinks=(-1, 0.7))
        low, high = np.array(-1, np.float32), np.array(0.7, np.float32)
        case("Clip", f"both {opset}", [x, low, high], opset=opset, store=opset != 17)
        case("Clip", f"min {opset}", [x, low], opset=opset, store=True)
        case("Clip", f"max {opset}", [x, None, high], opset=opset, store=True)
    x = Draw("clip6").one((4, 5), kinks=(-1, 0.7))
    case("Clip", "attributes", [x], {"min": -1.0, "max": 0.7}, opset=9)
    case("Clip", "one attribute", [x], {"max": 0.7}, opset=7)


def broadcasting():
    shapes = {
        "same": ((2, 3, 4), (2, 3, 4)),
        "vector": ((2, 3, 4), (4,)),
        "per channel": ((2, 3, 2, 2), (3, 1, 1)),
        "both ways": ((2, 1, 3), (4, 1)),
        "scalar": ((2, 5), ()),
        "larger right": ((3, 1), (2, 3, 4)),
    }
    for label, (a, b) in shapes.items():
        for op in ("Add", "Sub", "Mul", "Div", "Max", "Min"):
            draw = Draw(op + label)
            x, y = draw.many([a, b])
            if op == "Div":
                y = draw.one(b, low=0.5, high=2)
            case(op, label, [x, y], store=label in ("vector", "per channel"))
        draw = Draw("Pow" + label)
        case("Pow", label, [draw.one(a, low=0.4, high=2), draw.one(b, low=-1.5, high=2.5)])
    for op in ("Sum", "Mean", "Max", "Min"):
        draw = Draw(op + "many")
        case(op, "of three", list(draw.many([(4, 5), (5,), (4, 5)])))
        case(op, "of one", [draw.one((2, 3))])
    for exponent in (2.0, 3.0, 0.5, -1.0, 1.0):
        draw = Draw(f"pow{exponent}")
        x = draw.one((3, 4), low=0.4, high=2)
        nodes = [Node("Pow", ["x", "p"], ["q"]), Node("Identity", ["q"], ["y"])]
        graph(f"Pow to {exponent}", nodes, {"x": x, "p": np.array(exponent, np.float32)}, ["y"], stored=["p"])
    x = Draw("powint").one((3, 4), kinks=(0,))
    case("Pow", "integer exponent", [x, ints(2)], opset=13)
    case("Pow", "integer exponents", [x, ints(1, 2, 3, 4)], opset=15)
    draw = Draw("where")
    for label, (c, a, b) in {
        "same": ((3, 4), (3, 4), (3, 4)),
        "broadcast": ((3, 1), (4,), (2, 1, 1)),
        "scalar": ((2, 3), (2, 3), ()),
    }.items():
        condition = draw.random.rand(*c) > 0.5
        condition.flat[0], condition.flat[-1] = True, False
        x, y = draw.many([a, b])
        graph(f"Where {label}", [Node("Where", ["c", "a", "b"], ["y"])], {"c": condition, "a": x, "b": y}, ["y"])


# Contractions


def convolutions():
    variants = [
        ("plain", (2, 3, 5, 5), (4, 3, 3, 3), {}),
        ("pads", (2, 3, 5, 5), (4, 3, 3, 3), {"pads": [1, 1, 1, 1]}),
        ("uneven pads", (1, 2, 5, 4), (3, 2, 3, 2), {"pads": [0, 1, 2, 0]}),
        ("stride", (2, 2, 7, 6), (3, 2, 3, 3), {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
        ("stride with rest", (1, 2, 8, 7), (3, 2, 3, 2), {"strides": [3, 2]}),
        ("dilation", (1, 2, 7, 7), (2, 2, 3, 3), {"dilations": [2, 2], "pads": [1, 1, 1, 1]}),
        ("dilation and stride", (1, 2, 9, 8), (2, 2, 3, 2), {"dilations": [2, 3], "strides": [2, 2]}),
        ("group", (2, 4, 5, 5), (6, 2, 3, 3), {"group": 2, "pads": [1, 1, 1, 1]}),
        ("depthwise", (2, 3, 5, 5), (3, 1, 3, 3), {"group": 3, "pads": [1, 1, 1, 1]}),
        ("depthwise, two filters a channel", (1, 3, 5, 5), (6, 1, 3, 3), {"group": 3, "strides": [2, 2]}),
        ("pointwise", (2, 5, 3, 3), (4, 5, 1, 1), {}),
        ("pointwise stride", (2, 3, 5, 5), (4, 3, 1, 1), {"strides": [2, 2]}),
        ("same upper", (1, 2, 6, 7), (3, 2, 3, 4), {"auto_pad": "SAME_UPPER", "strides": [2, 2]}),
        ("same lower", (1, 2, 6, 7), (3, 2, 3, 4), {"auto_pad": "SAME_LOWER", "strides": [2, 2]}),
        ("valid", (1, 2, 5, 5), (3, 2, 3, 3), {"auto_pad": "VALID"}),
        ("1-D", (2, 3, 9), (4, 3, 3), {"pads": [1, 2], "strides": [2]}),
        ("1-D depthwise", (2, 3, 9), (3, 1, 4), {"group": 3, "dilations": [2]}),
        ("3-D", (1, 2, 4, 4, 3), (3, 2, 2, 3, 2), {"pads": [0, 1, 0, 1, 1, 0]}),
        ("3-D stride group", (1, 2, 5, 4, 4), (4, 1, 2, 2, 2), {"strides": [2, 1, 2], "group": 2}),
    ]
    for label, x, w, attrs in variants:
        for bias in (True, False):
            draw = Draw(f"conv{label}{bias}")
            operands = [draw.one(x), draw.one(w)] + ([draw.one((w[0],))] if bias else [])
            case("Conv", f"{label}{', bias' if bias else ''}", operands, attrs, store=bias, opset=17 if bias else 11)


def transposed_convolutions():
    variants = [
        ("plain", (2, 3, 4, 4), (3, 4, 3, 3), {}),
        ("stride", (2, 3, 3, 4), (3, 2, 3, 3), {"strides": [2, 2]}),
        ("stride and pads", (1, 3, 3, 4), (3, 2, 3, 3), {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
        ("uneven pads", (1, 2, 4, 4), (2, 3, 3, 4), {"pads": [0, 1, 2, 1]}),
        ("output padding", (1, 2, 3, 3), (2, 3, 3, 3), {"strides": [2, 3], "pads": [1, 1, 1, 1], "output_padding": [1, 2]}),
        ("dilation", (1, 2, 4, 4), (2, 3, 3, 2), {"dilations": [2, 3]}),
        ("dilation, stride, padding", (1, 2, 4, 3), (2, 3, 3, 2), {"dilations": [2, 2], "strides": [2, 3], "pads": [1, 0, 2, 1], "output_padding": [1, 1]}),
        ("group", (2, 4, 3, 3), (4, 2, 3, 3), {"group": 2, "strides": [2, 2]}),
        ("depthwise", (2, 3, 3, 3), (3, 1, 4, 4), {"group": 3, "strides": [2, 2], "pads": [1, 1, 1, 1]}),
        ("bilinear kernel", (1, 2, 4, 4), (2, 2, 2, 2), {"strides": [2, 2]}),
        ("output shape", (1, 2, 3, 3), (2, 2, 3, 3), {"strides": [2, 2], "output_shape": [6, 7]}),
        ("same upper", (1, 2, 3, 3), (2, 2, 3, 4), {"strides": [2, 2], "auto_pad": "SAME_UPPER"}),
        ("same lower", (1, 2, 3, 3), (2, 2, 3, 4), {"strides": [2, 2], "auto_pad": "SAME_LOWER"}),
        ("1-D", (2, 3, 5), (3, 2, 4), {"strides": [2], "pads": [1, 1]}),
        ("3-D", (1, 2, 3, 2, 2), (2, 2, 2, 3, 2), {"strides": [2, 1, 2]}),
    ]  # fmt: skip
    for label, x, w, attrs in variants:
        for bias in (True, False):
            draw = Draw(f"convt{label}{bias}")
            group = attrs.get("group", 1)
            operands = [draw.one(x), draw.one(w)] + ([draw.one((w[1] * group,))] if bias else [])
            name = f"{label}{', bias' if bias else ''}"
            case("ConvTranspose", name, operands, attrs, store=bias, opset=17 if bias else 11)


def products():
    shapes = {
        "matrices": ((3, 4), (4, 5)),
        "batched": ((2, 3, 4), (2, 4, 5)),
        "one matrix for all": ((2, 3, 4), (4, 5)),
        "one left for all": ((3, 4), (2, 4, 5)),
        "broadcast batch": ((2, 1, 3, 4), (3, 4, 2)),
        "heads": ((2, 2, 3, 4), (2, 2, 4, 3)),
        "row": ((4,), (4, 3)),
        "column": ((3, 4), (4,)),
        "vectors": ((4,), (4,)),
        "row, batched": ((4,), (2, 4, 3)),
        "column, batched": ((2, 3, 4), (4,)),
    }
    for label, (a, b) in shapes.items():
        draw = Draw("matmul" + label)
        case("MatMul", label, [draw.one(a), draw.one(b)], store=label == "one matrix for all")
    for trans_a in (0, 1):
        for trans_b in (0, 1):
            for c in (None, (5,), (3, 1), (3, 5), ()):
                label = f"{trans_a}{trans_b} {c}"
                draw = Draw("gemm" + label)
                a = draw.one((4, 3) if trans_a else (3, 4))
                b = draw.one((5, 4) if trans_b else (4, 5))
                attrs = {"transA": trans_a, "transB": trans_b}
                if c is not None:
                    attrs |= {"alpha": 0.7, "beta": 1.3}
                operands = [a, b] if c is None else [a, b, np.asarray(draw.one(c))]
                case("Gemm", label, operands, attrs, store=c == (5,), opset=11 if c is None else 17)


# Normalisation


def normalisations():
    for label, shape in {"2-D": (4, 3), "3-D": (2, 3, 4), "4-D": (2, 3, 3, 2)}.items():
        for training in (0, 1):
            draw = Draw(f"bn{label}{training}")
            x = draw.one(shape)
            scale, bias = draw.one((3,), low=0.5, high=1.5), draw.one((3,))
            mean, variance = draw.one((3,), low=-0.5, high=0.5), draw.one((3,), low=0.5, high=2)
            inputs = {"x": x, "s": scale, "b": bias, "m": mean, "v": variance}
            outputs = ["y", "nm", "nv"] if training else ["y"]
            attrs = {"training_mode": training, "epsilon": 1e-3}
            node = Node("BatchNormalization", list(inputs), outputs, attrs)
            name = f"BatchNormalization {label} by {'the batch' if training else 'stored statistics'}"
            graph(name, [node], inputs, ["y"], stored=["s", "b"], constants=["m", "v"])
    for axis in (-1, 1, -2, 0):
        for bias in (True, False):
            draw = Draw(f"ln{axis}{bias}")
            shape = (3, 2, 5)
            tail = shape[axis % 3 :]
            operands = [draw.one(shape), draw.one(tail, low=0.5, high=1.5)] + ([draw.one(tail)] if bias else [])
            label = f"axis {axis}{', bias' if bias else ''}"
            case("LayerNormalization", label, operands, {"axis": axis, "epsilon": 1e-3}, store=bias)
    draw = Draw("lndefault")
    case("LayerNormalization", "defaults", [draw.one((2, 6)), draw.one((6,)), draw.one((6,))])
    case("LayerNormalization", "scalar scale", [draw.one((2, 6)), draw.one((1,), low=0.5, high=1.5)])
    for axis in (-1, 1):
        draw = Draw(f"rms{axis}")
        shape = (3, 2, 5)
        operands = [draw.one(shape), draw.one(shape[axis % 3 :], low=0.5, high=1.5)]
        attrs = {"axis": axis, "epsilon": 1e-3}
        case("RMSNormalization", f"axis {axis}", operands, attrs, opset=23)
        case("SimplifiedLayerNormalization", f"axis {axis}", operands, attrs)
    for label, shape in {"4-D": (2, 3, 3, 2), "3-D": (2, 3, 5)}.items():
        draw = Draw("in" + label)
        operands = [draw.one(shape), draw.one((3,), low=0.5, high=1.5), draw.one((3,))]
        case("InstanceNormalization", label, operands, {"epsilon": 1e-3}, store=label == "4-D")
        case("InstanceNormalization", label + " defaults", operands, opset=22)
    for groups in (1, 2, 4):
        draw = Draw(f"gn{groups}")
        x = draw.one((2, 4, 3, 2))
        scale, bias = draw.one((4,), low=0.5, high=1.5), draw.one((4,))
        attrs = {"num_groups": groups, "epsilon": 1e-3}
        case("GroupNormalization", f"{groups} groups", [x, scale, bias], attrs, opset=21)
        if groups > 1:
            operands = [x, scale[:groups].copy(), bias[:groups].copy()]
            case("GroupNormalization", f"{groups} groups, scale per group", operands, attrs, opset=18)
    draw = Draw("gn3")
    operands = [draw.one((2, 4, 5)), draw.one((4,)), draw.one((4,))]
    case("GroupNormalization", "3-D", operands, {"num_groups": 2}, opset=21)
    for p in (1, 2):
        for axis in (-1, 1, 0):
            x = Draw(f"lp{p}{axis}").one((3, 4, 2), kinks=(0,))
            case("LpNormalization", f"p {p} axis {axis}", [x], {"p": p, "axis": axis})
    for size in (3, 5):
        x = Draw(f"lrn{size}").one((2, 6, 2, 2))
        case("LRN", f"size {size}", [x], {"size": size, "alpha": 0.5, "beta": 0.6, "bias": 1.5})
    case("LRN", "defaults", [Draw("lrnd").one((1, 5, 2, 2))], {"size": 3})
    # Root mean square as exporters write it.
    for form in ("reciprocal", "div", "inverse power"):
        draw = Draw("rms" + form)
        inputs = {"x": draw.one((2, 3, 6)), "g": draw.one((6,)), "two": np.array(2, np.float32), "e": np.array(1e-3, np.float32)}
        nodes = [
            Node("Pow", ["x", "two"], ["p"]), Node("ReduceMean", ["p"], ["m"], {"axes": [-1]}), Node("Add", ["m", "e"], ["a"]),
        ]  # fmt: skip
        if form == "inverse power":
            inputs["h"] = np.array(-0.5, np.float32)
            nodes += [Node("Pow", ["a", "h"], ["i"]), Node("Mul", ["x", "i"], ["n"])]
        else:
            nodes += [Node("Sqrt", ["a"], ["s"])]
            if form == "div":
                nodes += [Node("Div", ["x", "s"], ["n"])]
            else:
                nodes += [Node("Reciprocal", ["s"], ["i"]), Node("Mul", ["x", "i"], ["n"])]
        nodes += [Node("Mul", ["n", "g"], ["y"])]
        graph(f"RMS norm as exported, {form}", nodes, inputs, ["y"], stored=["g"], constants=["two", "e", "h"])
    draw = Draw("lnexported")
    inputs = {"x": draw.one((2, 3, 6)), "g": draw.one((6,)), "b": draw.one((6,)), "two": np.array(2, np.float32), "e": np.array(1e-3, np.float32)}
    nodes = [
        Node("ReduceMean", ["x", "axes"], ["mu"]), Node("Sub", ["x", "mu"], ["d"]), Node("Pow", ["d", "two"], ["p"]),
        Node("ReduceMean", ["p", "axes"], ["m"]), Node("Add", ["m", "e"], ["a"]), Node("Sqrt", ["a"], ["s"]),
        Node("Div", ["d", "s"], ["n"]), Node("Mul", ["n", "g"], ["w"]), Node("Add", ["w", "b"], ["y"]),
    ]  # fmt: skip
    graph("layer norm as exported", nodes, {**inputs, "axes": ints(-1)}, ["y"], opset=18, constants=["two", "e"])


def softmaxes():
    for op in ("Softmax", "LogSoftmax"):
        for axis in (-1, 0, 1):
            case(op, f"axis {axis}", [Draw(f"{op}{axis}").one((3, 4, 2))], {"axis": axis})
        case(op, "default", [Draw(op).one((3, 4, 2))], opset=13)
        for axis in (0, 1, 2, -1):
            x = Draw(f"old{op}{axis}").one((3, 4, 2))
            case(op, f"opset 11, axis {axis}", [x], {"axis": axis}, opset=11)
        case(op, "opset 9, default", [Draw("9" + op).one((3, 4, 2))], opset=9)


# Pools and reductions


def pools():
    variants = [
        ("plain", (2, 2, 6, 6), [2, 2], {"strides": [2, 2]}),
        ("overlapping", (1, 2, 7, 7), [3, 3], {"strides": [2, 2]}),
        ("stride 1", (1, 2, 5, 5), [3, 3], {}),
        ("pads", (2, 2, 5, 5), [3, 3], {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
        ("uneven pads", (1, 2, 6, 5), [3, 2], {"strides": [2, 1], "pads": [0, 1, 2, 0]}),
        ("ceil", (1, 2, 6, 7), [3, 3], {"strides": [2, 2], "ceil_mode": 1}),
        ("ceil with pads", (1, 2, 6, 8), [3, 3], {"strides": [2, 2], "ceil_mode": 1, "pads": [1, 1, 1, 1]}),
        ("dilation", (1, 2, 8, 8), [2, 3], {"dilations": [3, 2]}),
        ("dilation, stride, pads", (1, 2, 8, 8), [3, 3], {"dilations": [2, 2], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
        ("same upper", (1, 2, 7, 6), [3, 2], {"strides": [2, 2], "auto_pad": "SAME_UPPER"}),
        ("same lower", (1, 2, 7, 6), [3, 2], {"strides": [2, 2], "auto_pad": "SAME_LOWER"}),
        ("1-D", (2, 3, 9), [3], {"strides": [2], "pads": [1, 0]}),
        ("3-D", (1, 2, 4, 4, 4), [2, 2, 3], {"strides": [2, 1, 1]}),
    ]  # fmt: skip
    for label, shape, kernel, attrs in variants:
        attrs = {"kernel_shape": kernel, **attrs}
        dilated = "dilations" in attrs
        case("MaxPool", label, [Draw("maxpool" + label).one(shape)], attrs, opset=12)
        case("MaxPool", label + ", negative", [Draw("maxpool-" + label).one(shape, low=-3, high=-0.5)], attrs, opset=22)
        for include in (0, 1):
            x = Draw(f"avgpool{label}{include}").one(shape)
            name = label + (", counting pads" if include else "")
            case("AveragePool", name, [x], {**attrs, "count_include_pad": include}, opset=19 if dilated or "ceil_mode" in attrs else 17)
    for op in ("GlobalAveragePool", "GlobalMaxPool"):
        for label, shape in {"2-D": (2, 3, 3, 4), "1-D": (2, 3, 5), "3-D": (1, 2, 2, 3, 2)}.items():
            case(op, label, [Draw(op + label).one(shape)])


def reductions():
    for op, kinks, low in (
        ("ReduceSum", (), -2), ("ReduceMean", (), -2), ("ReduceMax", (), -2), ("ReduceMin", (), -2), ("ReduceL1", (0,), -2),
        ("ReduceL2", (), -2), ("ReduceSumSquare", (), -2), ("ReduceLogSum", (), 0.3), ("ReduceLogSumExp", (), -2),
    ):  # fmt: skip
        since = 13 if op == "ReduceSum" else 18
        for label, axes, keep in (
            ("last", [-1], 1), ("middle", [1], 0), ("two", [0, 2], 0), ("two kept", [1, 2], 1), ("all", None, 1), ("all dropped", None, 0),
        ):  # fmt: skip
            x = Draw(op + label).one((3, 4, 2), low=low, kinks=kinks)
            attrs = {"keepdims": keep}
            case(op, f"{label}, input", [x] if axes is None else [x, ints(*axes)], attrs, opset=since)
            if op != "ReduceSum":
                case(op, f"{label}, attribute", [x], attrs if axes is None else {**attrs, "axes": axes}, opset=13)
        x = Draw(op + "noop").one((2, 3), low=low)
        if op in ("ReduceSum", "ReduceMean"):
            case(op, "of nothing", [x], {"noop_with_empty_axes": 1}, opset=since)
    case("ReduceSum", "opset 11", [Draw("rs11").one((3, 4, 2))], {"axes": [1], "keepdims": 0}, opset=11)
    case("ReduceSum", "opset 7, all", [Draw("rs7").one((3, 4, 2))], {"keepdims": 0}, opset=7)


# Moving elements


def moving():
    x = Draw("reshape").one((2, 3, 4))
    case("Reshape", "", [x, ints(4, 6)])
    case("Reshape", "zero and rest", [x, ints(0, -1)])
    case("Reshape", "more axes", [x, ints(2, 1, 3, 2, 2)], opset=21)
    for axis in (0, 1, 2, 3, -1):
        case("Flatten", f"axis {axis}", [Draw(f"flatten{axis}").one((2, 3, 4))], {"axis": axis})
    x = Draw("squeeze").one((2, 1, 3, 1))
    case("Squeeze", "all", [x])
    case("Squeeze", "one", [x, ints(1)])
    case("Squeeze", "opset 11", [x], {"axes": [3]}, opset=11)
    case("Squeeze", "opset 11, all", [x], opset=11)
    x = Draw("unsqueeze").one((2, 3))
    case("Unsqueeze", "front", [x, ints(0)])
    case("Unsqueeze", "several", [x, ints(1, -1)])
    case("Unsqueeze", "opset 11", [x], {"axes": [0, 2]}, opset=11)
    for perm in ([0, 2, 1], [2, 0, 1], [1, 2, 0], None):
        case("Transpose", f"{perm}", [Draw(f"t{perm}").one((2, 3, 4))], {} if perm is None else {"perm": perm})
    case("Transpose", "4-D", [Draw("t4").one((2, 3, 2, 4))], {"perm": [0, 3, 1, 2]})
    for axis in (0, 1, -1):
        shapes = [[2, 3, 2] for _ in range(3)]
        for i, shape in enumerate(shapes):
            shape[axis] = i + 1
        case("Concat", f"axis {axis}", list(Draw(f"concat{axis}").many([tuple(s) for s in shapes])), {"axis": axis})
    x = Draw("concat twice").one((2, 3))
    graph("Concat of one value twice", [Node("Concat", ["x", "x"], ["y"], {"axis": 1})], {"x": x}, ["y"])
    x = Draw("split").one((6, 4))
    case("Split", "equal", [x], {"axis": 0}, outputs=3, loss=["y0", "y1", "y2"])
    case("Split", "sizes", [x, ints(1, 3, 2)], {"axis": 0}, outputs=3, loss=["y0", "y1", "y2"])
    case("Split", "one part unread", [x, ints(1, 3)], {"axis": -1}, outputs=2, loss=["y1"])
    case("Split", "opset 18", [Draw("split18").one((7, 4))], {"axis": 0, "num_outputs": 4}, opset=18, outputs=4, loss=["y0", "y3"])
    case("Split", "opset 11", [x], {"axis": 1, "split": [1, 3]}, opset=11, outputs=2, loss=["y0", "y1"])
    case("Split", "opset 7, equal", [x], {"axis": 1}, opset=7, outputs=2, loss=["y0", "y1"])
    x = Draw("slice").one((5, 6))
    for label, starts, ends, axes, steps in (
        ("front", [0], [3], [0], None), ("back", [-2], [2**31], [1], None), ("both", [1, 2], [4, 5], [0, 1], None),
        ("stride", [0], [6], [1], [2]), ("stride with rest", [1], [6], [1], [3]), ("backwards", [-1], [-(2**31)], [0], [-1]),
        ("backwards, stride", [4], [0], [1], [-2]), ("two strides", [4, 0], [-10, 6], [0, 1], [-2, 2]), ("no axes", [1, 1], [3, -1], None, None),
    ):  # fmt: skip
        operands = [x, ints(*starts), ints(*ends)]
        if axes is not None:
            operands.append(ints(*axes))
        if steps is not None:
            operands.append(ints(*steps))
        case("Slice", label, operands, opset=13)
    case("Slice", "opset 9", [x], {"starts": [1, -3], "ends": [4, 6], "axes": [0, 1]}, opset=9)
    x = Draw("pad").one((3, 4))
    for mode in ("constant", "reflect", "edge", "wrap"):
        opset = 19 if mode == "wrap" else 13
        case("Pad", mode, [x, ints(1, 2, 2, 1)], {"mode": mode}, opset=opset)
        case("Pad", f"{mode}, one side", [x, ints(0, 0, 0, 3)], {"mode": mode}, opset=opset)
        case("Pad", f"{mode}, axes", [x, ints(2, 1), None, ints(1)], {"mode": mode}, opset=max(18, opset))
        image = Draw("pad4" + mode).one((1, 2, 3, 4))
        case("Pad", f"{mode}, 4-D", [image, ints(0, 0, 1, 2, 0, 0, 2, 1)], {"mode": mode}, opset=opset)
    case("Pad", "cropping", [x, ints(-1, 1, 1, -2)])
    case("Pad", "opset 9", [x], {"pads": [1, 0, 0, 2]}, opset=9)
    case("Pad", "opset 9, reflect", [x], {"pads": [1, 0, 0, 2], "mode": "reflect"}, opset=9)
    for label, shape, target in (
        ("rank", (3,), (2, 3)), ("ones", (2, 1, 3), (2, 4, 3)), ("kept", (2, 3), (1, 3)), ("all", (1, 1), (3, 4)),
    ):  # fmt: skip
        case("Expand", label, [Draw("expand" + label).one(shape), ints(*target)])
    for repeats in ([2, 1], [1, 3], [2, 3], [1, 1]):
        case("Tile", f"{repeats}", [Draw(f"tile{repeats}").one((2, 3)), ints(*repeats)])
    for axis in (0, 1, -1):
        for label, indices in {"several": np.array([2, 0, 1, 1, -1, 0, 2], np.int64), "matrix": np.array([[0, 1, 2], [1, 1, -2]], np.int64), "one": np.array(1, np.int64), "last": np.array(-1, np.int64), "vector of one": np.array([1], np.int64)}.items():
            x = Draw(f"gather{axis}{label}").one((3, 3, 3) if axis else (3, 5))
            case("Gather", f"axis {axis}, {label}", [x, indices], {"axis": axis}, opset=13)
    for axis in (0, 1, -1):
        draw = Draw(f"ge{axis}")
        x = draw.one((3, 4))
        case("GatherElements", f"axis {axis}", [x, draw.integers((2, 4) if axis == 0 else (3, 2), -3, 3)], {"axis": axis})
    for mode in ("DCR", "CRD"):
        case("DepthToSpace", mode, [Draw(mode).one((2, 8, 2, 3))], {"blocksize": 2, "mode": mode})
    case("DepthToSpace", "3", [Draw("dts3").one((1, 9, 2, 2))], {"blocksize": 3})
    for block in (2, 3):
        case("SpaceToDepth", f"{block}", [Draw(f"std{block}").one((2, 2, 6, 6))], {"blocksize": block})
    for upper in (0, 1):
        x = Draw(f"trilu{upper}").one((2, 4, 5))
        case("Trilu", f"{upper}", [x], {"upper": upper})
        for k in (-1, 2):
            case("Trilu", f"{upper}, k {k}", [x, np.array(k, np.int64)], {"upper": upper})


def resizing():
    def scaled(label, shape, scales, attrs, opset=17):
        x = Draw("resize" + label).one(shape)
        graph(
            f"Resize {label}",
            [Node("Resize", ["x", "", "scales"], ["y"], attrs)],
            {"x": x, "scales": np.array(scales, np.float32)},
            ["y"],
            opset,
            constants=["scales"],
        )

    def sized(label, shape, sizes, attrs, opset=17):
        x = Draw("resize" + label).one(shape)
        node = Node("Resize", ["x", "", "", "sizes"], ["y"], attrs)
        graph(f"Resize {label}", [node], {"x": x, "sizes": ints(*sizes)}, ["y"], opset)

    shape = (1, 2, 3, 4)
    ways = ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")
    for way in ways:
        for rounding in ("floor", "round_prefer_floor", "round_prefer_ceil", "ceil"):
            attrs = {"mode": "nearest", "coordinate_transformation_mode": way, "nearest_mode": rounding}
            if way == "align_corners" and rounding in ("floor", "ceil"):
                continue  # positions that are whole but for rounding errors
            scaled(f"nearest 2×, {way}, {rounding}", shape, [1, 1, 2, 2], attrs)
        attrs = {"coordinate_transformation_mode": way}
        scaled(f"linear 2×, {way}", shape, [1, 1, 2, 2], {**attrs, "mode": "linear"})
        scaled(f"linear 3× and 1.5×, {way}", shape, [1, 1, 3, 1.5], {**attrs, "mode": "linear"})
        scaled(f"cubic 2×, {way}", shape, [1, 1, 2, 2], {**attrs, "mode": "cubic"})
    scaled("nearest 3× and 1×", shape, [1, 1, 3, 1], {"mode": "nearest"})
    scaled("nearest half", (1, 2, 4, 6), [1, 1, 0.5, 0.5], {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"})
    scaled("linear half", (1, 2, 4, 6), [1, 1, 0.5, 0.5], {"mode": "linear"})
    cubic = {"mode": "cubic", "exclude_outside": 1, "cubic_coeff_a": -0.5}
    scaled("cubic, border excluded", shape, [1, 1, 2, 2], cubic)
    sized("linear to sizes", shape, [1, 2, 5, 7], {"mode": "linear"})
    sized("linear to sizes, corners", shape, [1, 2, 5, 7], {"mode": "linear", "coordinate_transformation_mode": "align_corners"})
    sized("nearest to sizes", shape, [1, 2, 6, 8], {"mode": "nearest"}, opset=13)
    attrs = {"mode": "nearest", "axes": [2, 3]}
    sized("nearest to sizes of some axes", shape, [6, 8], attrs, opset=18)
    scaled("linear of some axes", shape, [2.0, 2.0], {"mode": "linear", "axes": [2, 3]}, opset=19)


def upsampling():
    shape = (1, 2, 3, 4)
    for mode in ("nearest", "linear"):
        x = Draw("upsample" + mode).one(shape)
        graph(
            f"Upsample {mode}, opset 9",
            [Node("Upsample", ["x", "scales"], ["y"], {"mode": mode})],
            {"x": x, "scales": np.array([1, 1, 2, 2], np.float32)},
            ["y"],
            9,
            constants=["scales"],
        )
        case("Upsample", f"{mode}, opset 7", [x], {"mode": mode, "scales": [1.0, 1.0, 2.0, 2.0]}, opset=7)
        graph(
            f"Resize {mode}, opset 10",
            [Node("Resize", ["x", "scales"], ["y"], {"mode": mode})],
            {"x": x, "scales": np.array([1, 1, 2, 2], np.float32)},
            ["y"],
            10,
            constants=["scales"],
        )


def main():
    for make in (
        elementwise, slopes, clips, broadcasting, convolutions, transposed_convolutions, products, normalisations, softmaxes,
        pools, reductions, moving, resizing, upsampling,
    ):  # fmt: skip
        make()
    target = pathlib.Path(__file__).parent / "golden" / "cases.jsonl"
    lines = [json.dumps(one, separators=(",", ":"), ensure_ascii=False) for one in CASES.values()]
    target.write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} cases, {target.stat().st_size} bytes")


main()
