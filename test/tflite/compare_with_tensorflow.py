"""Holds TensorFlow's interpreter against what ONNX Runtime or one of our runners said, for the files that scripts/tflite-cases.mjs wrote.

    python test/tflite/compare_with_tensorflow.py OUT [--xnnpack]      needs tensorflow and numpy

Prints the largest relative difference of each file, max|a - b| / max(max|a|, 1e-6) over the inputs, and ends with 1 where
one is above 1e-4.
"""

import base64
import json
import pathlib
import sys
import warnings

import numpy as np
import tensorflow as tf

LIMIT = 1e-4
warnings.filterwarnings("ignore")


def decode(tensor):
    stored = np.float32 if tensor["type"] == "FLOAT32" else np.int32
    return np.frombuffer(base64.b64decode(tensor["data"]), stored).reshape(tensor["shape"])


def open_file(path, accelerated):
    kinds = tf.lite.experimental.OpResolverType
    kind = kinds.AUTO if accelerated else kinds.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    return tf.lite.Interpreter(model_path=str(path), experimental_op_resolver_type=kind)


def compare(path, accelerated):
    interpreter = open_file(path, accelerated)
    interpreter.allocate_tensors()
    runner = interpreter.get_signature_runner()
    differences, sizes = {}, {}
    for case in json.loads(path.with_suffix(".json").read_text()):
        details = runner.get_input_details()
        feeds = {one["name"]: decode(one).astype(details[one["name"]]["dtype"]) for one in case["inputs"]}
        results = runner(**feeds)
        for expected in case["outputs"]:
            a, b = decode(expected), results[expected["name"]]
            if a.shape != b.shape:
                return float("inf")
            name = expected["name"]
            difference = np.abs(a.astype(np.float64) - b.astype(np.float64))
            differences[name] = max(differences.get(name, 0), float(difference.max(initial=0)))
            if not np.isfinite(b.astype(np.float64)).all() and np.isfinite(a).all():
                return float("inf")
            sizes[name] = max(sizes.get(name, 0), float(np.abs(a.astype(np.float64)).max(initial=0)))
    return max(differences[name] / max(sizes[name], 1e-6) for name in differences)


def main():
    accelerated = "--xnnpack" in sys.argv
    worst = 0.0
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.tflite")):
        try:
            found = compare(path, accelerated)
        except Exception as error:  # what the interpreter refuses is a finding too
            print(f"{path.stem}: {error}")
            worst = float("inf")
            continue
        print(f"{path.stem}: {found:.2e}")
        worst = max(worst, found)
    sys.exit(1 if not worst <= LIMIT else 0)


main()
