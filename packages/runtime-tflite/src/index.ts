// The interpreters

export { ENGINES, type TfliteEngineName } from "./engine/engine-name.js";
// Inputs and outputs of a file
export { type ModelPorts, type Port, portsOf } from "./model-ports.js";
export { type PageTfliteOptions, pageTfliteRuntime } from "./page/page-runtime.js";
// Phones
export { type BenchmarkLog, parseBenchmarkLog } from "./phone/benchmark-log.js";
export {
  type DeviceTableOptions,
  deviceCostTable,
  type ProbeOptions,
  probeFiles,
} from "./phone/device-costs.js";
export type { OperatorTime, ProfiledGraph } from "./phone/operator-profile.js";
export {
  type PhoneMeasurement,
  type PhoneScriptOptions,
  parsePhoneLog,
  phoneScript,
} from "./phone/phone-script.js";
export { PROBE_FOLDER, type ProbeScriptOptions, probeScript } from "./phone/probe-script.js";
export type { RunTimes } from "./phone/run-times.js";
