// A Session whose TFLite model runs in a worker of a page.

import { type Feeds, type RuntimeTensor, runtimeError, type Session } from "@espalier/core";
import { elementCount, elementTypeOfCode } from "@espalier/core/engine";
import {
  type Message,
  type MessageArray,
  ModelWorker,
  type ModelWorkerOptions,
  type TensorHeader,
} from "@espalier/runtime-web";
import { readTflite } from "@espalier/tflite";
import type { LoadSettings } from "../engine/guarded-engine.js";
import { type ModelPorts, orderFeeds, type Port, portsOf, sessionPorts } from "../model-ports.js";

export interface WorkerTfliteSession extends Session {
  readonly worker: ModelWorker;
  readonly loadMs: number;
  /** Feeds checked and packed for a request. */
  pack(feeds: Feeds): { readonly tensors: readonly TensorHeader[]; readonly arrays: readonly MessageArray[] };
}

/** Verifies the file and loads it in a new worker. */
export async function openWorkerSession(
  bytes: Uint8Array,
  options: ModelWorkerOptions,
): Promise<WorkerTfliteSession> {
  const ports = portsOf(readTflite(bytes));
  const worker = await ModelWorker.start(options);
  try {
    return session(worker, ports, await loadFile(worker, bytes, ports, options.settings));
  } catch (error) {
    worker.close();
    throw error;
  }
}

/** Loads a verified file in the place of the one before. @returns milliseconds that it took */
export async function loadFile(
  worker: ModelWorker,
  bytes: Uint8Array,
  ports: ModelPorts,
  { threads, memoryBytes }: Omit<LoadSettings, "ports">,
): Promise<number> {
  const settings: LoadSettings = { ports, threads, memoryBytes };
  const { header } = await worker.request("loaded", { type: "load", settings, external: [] }, [bytes]);
  return header.loadMs;
}

/** Feeds checked and packed for a request. */
export function packFeeds({ inputs }: ModelPorts, feeds: Feeds): ReturnType<WorkerTfliteSession["pack"]> {
  const ordered = orderFeeds(inputs, feeds);
  return {
    tensors: ordered.map(({ dims }, i) => ({ name: inputs[i]?.name ?? "", type: "uint8", dims })),
    arrays: ordered.map(({ data }) => data as MessageArray), // no port has strings
  };
}

function session(worker: ModelWorker, ports: ModelPorts, loadMs: number): WorkerTfliteSession {
  const pack: WorkerTfliteSession["pack"] = (feeds) => packFeeds(ports, feeds);
  return {
    worker,
    loadMs,
    pack,
    inputs: sessionPorts(ports.inputs),
    outputs: sessionPorts(ports.outputs),
    async run(feeds, fetches) {
      const request = { type: "run", fetches: fetches ?? null } as const;
      const { tensors, arrays } = pack(feeds);
      return unpack(await worker.request("ran", { ...request, tensors }, arrays), ports.outputs);
    },
    async dispose() {
      worker.close();
    },
  };
}

function unpack(
  { header, arrays }: Message<{ readonly tensors: readonly TensorHeader[] }>,
  outputs: readonly Port[],
): Record<string, RuntimeTensor> {
  const entries = header.tensors.map(({ name, dims }, i): [string, RuntimeTensor] => {
    const port = outputs.find((one) => one.name === name);
    const type = port === undefined ? undefined : elementTypeOfCode(port.dataType);
    const bytes = arrays[i];
    const fits = bytes?.byteLength === (elementCount(dims) ?? Number.NaN) * (type?.bytes ?? 0);
    if (port === undefined || type?.array == null || bytes === undefined || !fits) {
      throw runtimeError("RUN_FAILED", `the worker gives an output "${name}" that the file does not have`);
    }
    return [name, { dataType: port.dataType, dims, data: new type.array(bytes.slice().buffer) }];
  });
  return Object.fromEntries(entries);
}
