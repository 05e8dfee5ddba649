"""Writes golden/models.jsonl: reference gradients of all weights of whole networks, by PyTorch's autograd in float64.

    python test/gradients/make_model_golden.py DATA        needs torch, numpy and onnx; DATA/onnx holds the networks

golden/text-transformer.onnx is the zoo's: textTransformer({ length: 12, vocabulary: 40, width: 16, heads: 2, classes: 3,
dropout: 0.1, seed: 3 }).

Of every gradient its largest entry, its norm, its sums under four patterns of signs, and up to 128 entries spread evenly
are kept: enough to notice any wrong entry among a few hundred thousand without storing them all. Inputs and labels
follow formulas that the test has too.
"""

import base64
import json
import pathlib
import sys

import numpy as np
import onnx
import onnx.numpy_helper
import torch
import torch.nn.functional as F

from onnx_torch import Node, run

HERE = pathlib.Path(__file__).parent
SIGNS = (2654435761, 2246822519, 3266489917, 668265263)


def attribute(value):
    kind = onnx.AttributeProto
    if value.type == kind.INT:
        return value.i
    if value.type == kind.FLOAT:
        return value.f
    if value.type == kind.STRING:
        return value.s.decode()
    if value.type == kind.INTS:
        return list(value.ints)
    if value.type == kind.FLOATS:
        return list(value.floats)
    return tensor(value.t)


def tensor(proto):
    array = onnx.numpy_helper.to_array(proto)
    value = torch.from_numpy(array.copy())
    return value.double() if value.dtype == torch.float32 else value


def images(dims):
    """x_i = ((7919 i) mod 10007) / 10007 * 4 - 2"""
    i = np.arange(int(np.prod(dims)), dtype=np.int64)
    x = ((7919 * i) % 10007) / 10007 * 4 - 2
    return torch.from_numpy(x.astype(np.float32).astype(np.float64).reshape(dims))


def tokens(dims, vocabulary):
    """t_i = (31 i + 7 (i div 5)) mod vocabulary"""
    i = np.arange(int(np.prod(dims)), dtype=np.int64)
    return torch.from_numpy(((31 * i + 7 * (i // 5)) % vocabulary).reshape(dims))


def labels(count, classes):
    """l_i = (3 i + 1) mod classes"""
    return torch.tensor([(3 * i + 1) % classes for i in range(count)])


def is_weight(initialiser):
    small = int(np.prod(initialiser.dims)) <= 1
    words = ("running_", "rope.", "mask.")
    return initialiser.data_type == 1 and not small and not any(word in initialiser.name for word in words)


def reference(name, path, bindings, inputs, training):
    model = onnx.load(path)
    opset = next(one.version for one in model.opset_import if one.domain == "")
    env, weights = {}, {}
    for initialiser in model.graph.initializer:
        value = tensor(initialiser)
        if is_weight(initialiser):
            value.requires_grad_()
            weights[initialiser.name] = value
        env[initialiser.name] = value
    given = [one.name for one in model.graph.input if one.name not in env]
    env.update(zip(given, inputs))
    nodes = [
        Node(n.op_type, list(n.input), list(n.output), {a.name: attribute(a) for a in n.attribute}, n.domain)
        for n in model.graph.node
    ]
    run(nodes, env, opset, training)
    logits = env[model.graph.output[0].name]
    logits = logits.reshape(-1, logits.shape[-1])
    loss = F.cross_entropy(logits, labels(*logits.shape))
    gradients = torch.autograd.grad(loss, list(weights.values()), allow_unused=True)
    return {
        "name": name,
        "bindings": bindings,
        "batchStatistics": training,
        "loss": loss.item(),
        "weights": {
            key: summary(gradient.numpy()) for key, gradient in zip(weights, gradients) if gradient is not None
        },
    }


def summary(gradient):
    flat = gradient.flatten()
    i = np.arange(flat.size, dtype=np.uint64)
    sums = [float(((1 - 2 * ((i * np.uint64(k)) % 2**32 >> np.uint64(31)).astype(np.float64)) * flat).sum()) for k in SIGNS]
    count = min(128, flat.size)
    at = np.arange(count) * flat.size // count
    return {
        "dims": list(gradient.shape),
        "max": float(np.abs(flat).max()),
        "norm": float(np.linalg.norm(flat)),
        "sums": sums,
        "entries": base64.b64encode(flat[at].astype(np.float32).tobytes()).decode(),
    }


def main(data):
    folder = pathlib.Path(data) / "onnx"
    cases = []
    for training in (False, True):
        path = folder / "cifar10-resnet20.onnx"
        cases.append(reference("cifar10-resnet20", path, {"N": 8}, [images((8, 3, 32, 32))], training))
        name = "cifar10-vit-pgd_2_3_16"
        path = folder / f"{name}.onnx"
        cases.append(reference(name, path, {"batch_size": 8}, [images((8, 3, 32, 32))], training))
    path = folder / "stories260k.onnx"
    cases.append(reference("stories260k", path, {"N": 2, "T": 24}, [tokens((2, 24), 512)], False))
    path = HERE / "golden" / "text-transformer.onnx"
    cases.append(reference("text-transformer", path, {"N": 6}, [tokens((6, 12), 40)], False))
    lines = [json.dumps(case, separators=(",", ":")) for case in cases]
    target = HERE / "golden" / "models.jsonl"
    target.write_text("\n".join(lines) + "\n")
    for case in cases:
        print(case["name"], case["batchStatistics"], case["loss"], len(case["weights"]))
    print(target.stat().st_size, "bytes")


main(sys.argv[1])
