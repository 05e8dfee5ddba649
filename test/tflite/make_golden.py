"""Runs the fixtures of packages/tflite with TensorFlow's own interpreter (tensorflow-cpu 2.21.0, reference kernels).

    python make_golden.py

Writes golden.json beside this script: inputs drawn once, and what they give. Elements are little-endian in base64.
"""

import base64
import json
import pathlib

import numpy as np
import tensorflow as tf

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE.parent.parent / "packages" / "tflite" / "fixtures"
RANDOM = np.random.default_rng(3)
SAMPLES = 3


def pack(array):
    return {
        "type": array.dtype.name,
        "dims": list(array.shape),
        "data": base64.b64encode(np.ascontiguousarray(array).tobytes()).decode(),
    }


def draw(detail):
    shape, dtype = detail["shape"], detail["dtype"]
    if dtype == np.float32:
        return RANDOM.normal(size=shape).astype(np.float32)
    info = np.iinfo(dtype)
    return RANDOM.integers(info.min, info.max, size=shape, endpoint=True, dtype=dtype)


def run(path):
    interpreter = tf.lite.Interpreter(
        str(path), experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF
    )
    runner = interpreter.get_signature_runner()
    samples = []
    for _ in range(SAMPLES):
        inputs = {name: draw(detail) for name, detail in runner.get_input_details().items()}
        outputs = runner(**inputs)
        samples.append(
            {
                "inputs": {name: pack(array) for name, array in inputs.items()},
                "outputs": {name: pack(array) for name, array in outputs.items()},
            }
        )
    return samples


golden = {path.stem: run(path) for path in sorted(FIXTURES.glob("*.tflite"))}
(HERE / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
print({name: len(samples) for name, samples in golden.items()})
