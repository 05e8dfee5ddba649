"""Runs the int8 operators of write-int8-operators.ts with TensorFlow's reference kernels (tensorflow-cpu 2.21.0).

    python make_int8_golden.py FOLDER

Writes int8-golden.json beside this script: for each file its digest, int8 inputs drawn once, and what they give.
"""

import base64
import hashlib
import json
import pathlib
import sys

import numpy as np
import tensorflow as tf

HERE = pathlib.Path(__file__).parent
RANDOM = np.random.default_rng(5)


def pack(array):
    return {
        "type": array.dtype.name,
        "dims": list(array.shape),
        "data": base64.b64encode(np.ascontiguousarray(array).tobytes()).decode(),
    }


def run(path):
    data = path.read_bytes()
    interpreter = tf.lite.Interpreter(
        model_content=data, experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF
    )
    interpreter.allocate_tensors()
    inputs, outputs = {}, {}
    for detail in interpreter.get_input_details():
        array = RANDOM.integers(-128, 127, size=detail["shape"], endpoint=True, dtype=np.int8)
        interpreter.set_tensor(detail["index"], array)
        inputs[detail["name"]] = pack(array)
    interpreter.invoke()
    for detail in interpreter.get_output_details():
        outputs[detail["name"]] = pack(interpreter.get_tensor(detail["index"]))
    return {"sha256": hashlib.sha256(data).hexdigest(), "inputs": inputs, "outputs": outputs}


golden = {path.stem: run(path) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.tflite"))}
(HERE / "int8-golden.json").write_text(json.dumps(golden, indent=1) + "\n")
print(len(golden), "operators")
