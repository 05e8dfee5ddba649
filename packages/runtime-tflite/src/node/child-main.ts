// The program of the child process that computes with the interpreter it is told on its command line. Loads nothing of
// Espalier but what serves it, to start fast.

import { serveModels } from "@espalier/runtime-node/child-program";
import type { TfliteEngineName } from "../engine/engine-name.js";
import { guardEngine } from "../engine/guarded-engine.js";
import { childEngine } from "./child-engine.js";
import { openEngine } from "./open-engine.js";

const engine = process.argv[2] as TfliteEngineName;
void serveModels(async () => childEngine(await guardEngine((print) => openEngine(engine, print))));
