// The worker that computes with tfjs-tflite. An entry of its own.

import { TFJS_BUILD } from "../engine/build-names.js";
import { tfjsTfliteEngine } from "../engine/tfjs-tflite.js";
import { serveEngine } from "./serve-engine.js";

serveEngine(import.meta.url, TFJS_BUILD, tfjsTfliteEngine);
