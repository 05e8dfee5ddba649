// What other packages need to run models of their own engine in a child process: the parent's side.

export type { PortInfo } from "./engine.js";
export { FrameError, MAX_REPLY_BYTES } from "./frames.js";
export { findIsolation, type Isolation } from "./isolation.js";
export { type ChildProgram, ModelProcess, type ModelProcessOptions, protocolError } from "./model-process.js";
export { packTensors, unpackTensors } from "./tensor-frames.js";
export { timedProcess } from "./timed-process.js";
