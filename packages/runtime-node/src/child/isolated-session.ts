// A Session whose model runs in a child process: the same interface as in-process, with a deadline and a
// memory ceiling.

import type { LoadOptions, ModelBytes, ProfiledNode, RunLimits, Session } from "@espalier/core";
import { onnxProgram } from "../onnx/onnx-program.js";
import { makeTraceFolder } from "../onnx/trace-folder.js";
import type { PortInfo } from "./engine.js";
import { FrameError, MAX_REPLY_BYTES } from "./frames.js";
import type { Isolation } from "./isolation.js";
import { ModelProcess, protocolError } from "./model-process.js";
import { packTensors, unpackTensors } from "./tensor-frames.js";

const MIB = 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;
/** Stack and malloc arena that each thread reserves. */
const BYTES_PER_THREAD = 80 * MIB;

export interface IsolatedSession extends Session {
  readonly process: ModelProcess;
  readonly loadMs: number;
}

/** Loads `model` in a child process of its own. */
export async function openIsolatedSession(
  model: ModelBytes,
  options: LoadOptions & RunLimits & { readonly threads: number },
  isolation: Isolation,
): Promise<IsolatedSession> {
  const {
    threads,
    signal,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    spinning,
    optimisation,
    profile,
    outputBytes = MAX_REPLY_BYTES,
  } = options;
  const process = await ModelProcess.start({
    program: onnxProgram,
    isolation,
    memoryBytes: memoryCeiling(model, options),
    threads,
    timeoutMs,
    signal,
  });
  const traces = makeTraceFolder(profile);
  const close = async () => {
    await process.close();
    traces.remove();
  };
  /** Reads a reply; a child whose replies make no sense is not asked again. */
  const believe = async <T>(read: () => T): Promise<T> => {
    try {
      return read();
    } catch (error) {
      await close();
      throw protocolError(error);
    }
  };
  try {
    const external = Object.entries(model.external ?? {});
    const settings = {
      threads,
      traceFolder: traces.path,
      ...(spinning === undefined ? {} : { spinning }),
      ...(optimisation === undefined ? {} : { optimisation }),
    };
    const loaded = await process.request(
      { type: "load", settings, external: external.map(([name]) => name) },
      [model.bytes, ...external.map(([, bytes]) => bytes)],
    );
    return {
      process,
      loadMs: Number(loaded.header.loadMs),
      inputs: await believe(() => checkPorts(loaded.header.inputs)),
      outputs: await believe(() => checkPorts(loaded.header.outputs)),
      async run(feeds, fetches) {
        const packed = packTensors(feeds);
        const request = {
          type: "run",
          feeds: packed.tensors,
          fetches: fetches ?? null,
          outputBytes,
        } as const;
        const ran = await process.request(request, packed.buffers);
        return believe(() => unpackTensors(ran.header.tensors, ran.buffers));
      },
      async profile() {
        const { header } = await process.request({ type: "profile" });
        return header.nodes === null ? null : believe(() => checkNodes(header.nodes));
      },
      get alive() {
        return process.alive;
      },
      dispose: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Three times the model, for its bytes, their decoded form and the prepared weights, and 2 GiB to compute. */
export function memoryCeiling(model: ModelBytes, options: RunLimits & { readonly threads: number }): number {
  const external = Object.values(model.external ?? {}).reduce((sum, bytes) => sum + bytes.byteLength, 0);
  const ceiling = options.memoryBytes ?? 3 * (model.bytes.byteLength + external) + 2048 * MIB;
  return ceiling + options.threads * BYTES_PER_THREAD;
}

function checkPorts(ports: unknown): PortInfo[] {
  const isPort = (port: Partial<PortInfo> | null) =>
    typeof port?.name === "string" &&
    typeof port.dataType === "number" &&
    Array.isArray(port.shape) &&
    port.shape.every((dim) => typeof dim === "string" || Number.isSafeInteger(dim));
  if (!Array.isArray(ports) || !ports.every(isPort))
    throw new FrameError("a list of inputs or outputs is none");
  return ports;
}

/** A profile as the child tells it. */
export function checkNodes(nodes: unknown): ProfiledNode[] {
  const areShapes = (shapes: unknown) =>
    Array.isArray(shapes) && shapes.every((dims) => Array.isArray(dims) && dims.every(Number.isFinite));
  const isNode = (node: Partial<ProfiledNode> | null) =>
    typeof node?.name === "string" &&
    typeof node.opType === "string" &&
    typeof node.durationUs === "number" &&
    areShapes(node.inputShapes) &&
    areShapes(node.outputShapes);
  if (!Array.isArray(nodes) || !nodes.every(isNode)) throw new FrameError("a profile is none");
  return nodes;
}
