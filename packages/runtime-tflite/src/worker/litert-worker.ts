// The worker that computes with LiteRT.js, with relaxed SIMD where the browser has it. An entry of its own.

import { LITERT_BUILDS } from "../engine/build-names.js";
import { liteRtEngine } from "../engine/lite-rt.js";
import { hasRelaxedSimd } from "./relaxed-simd.js";
import { serveEngine } from "./serve-engine.js";

serveEngine(import.meta.url, hasRelaxedSimd() ? LITERT_BUILDS.relaxed : LITERT_BUILDS.plain, liteRtEngine);
