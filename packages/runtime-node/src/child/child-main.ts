// The program of the child process that computes with ONNX Runtime. Loads nothing of Espalier but this folder and
// onnx/, to start fast.

import { onnxEngine } from "../onnx/onnx-engine.js";
import { importOnnxRuntime } from "../onnx/onnxruntime.js";
import { serveModels } from "./serve-models.js";

void serveModels(async () => onnxEngine(await importOnnxRuntime()));
