"""Runs the files of write-network-operators.ts with TensorFlow's reference kernels (tensorflow-cpu 2.21.0).

    python test/tflite/run_reference.py FOLDER

Beside each file: what all outputs hold, one after the other in the order of the file.
"""

import hashlib
import json
import pathlib
import sys

import numpy as np
import tensorflow as tf


def shake(text, count):
    return np.frombuffer(hashlib.shake_256(text.encode()).digest(count), np.uint8)


def drawn(detail):
    """As int8Inputs of operators-apart.ts."""
    shape, name = detail["shape"], detail["name"]
    (zero_point,) = detail["quantization_parameters"]["zero_points"]
    gains = shake(f"{name} gains", int(shape[-1])).astype(np.int32)
    values = shake(name, int(np.prod(shape))).view(np.int8).astype(np.int32).reshape(shape)
    return np.clip(zero_point + ((values * gains * gains) >> 16), -128, 127).astype(np.int8)


def run(path):
    interpreter = tf.lite.Interpreter(
        model_path=str(path), experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF
    )
    interpreter.allocate_tensors()
    for detail in interpreter.get_input_details():
        assert detail["dtype"] is np.int8
        interpreter.set_tensor(detail["index"], drawn(detail))
    interpreter.invoke()
    outputs = [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
    path.with_suffix(".reference").write_bytes(b"".join(output.tobytes() for output in outputs))
    return [detail["name"] for detail in interpreter.get_output_details()]


folder = pathlib.Path(sys.argv[1])
names = {path.stem: run(path) for path in sorted(folder.glob("*.tflite"))}
(folder / "reference.json").write_text(json.dumps({"tensorflow": tf.__version__, "outputs": names}) + "\n")
print({name: len(outputs) for name, outputs in names.items()})
