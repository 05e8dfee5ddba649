// The same for the child's side, which loads as little as it can.

export type { ChildEngine, ChildModel, PortInfo } from "./engine.js";
export { serveModels } from "./serve-models.js";
