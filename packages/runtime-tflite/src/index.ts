// The interpreters

export { ENGINES, type TfliteEngineName } from "./engine/engine-name.js";
// Inputs and outputs of a file
export { type ModelPorts, type Port, portsOf } from "./model-ports.js";
