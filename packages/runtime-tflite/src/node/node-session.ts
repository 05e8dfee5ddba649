// A Session whose TFLite model runs in a child process.

import type { RuntimeTensor, Session, TfliteLoadOptions } from "@espalier/core";
import type { Isolation, ModelProcess } from "@espalier/runtime-node/child";
import {
  MAX_REPLY_BYTES,
  type packTensors,
  protocolError,
  unpackTensors,
} from "@espalier/runtime-node/child";
import { readTflite } from "@espalier/tflite";
import type { TfliteEngineName } from "../engine/engine-name.js";
import { defaultMemoryBytes } from "../memory-default.js";
import { type ModelPorts, portsOf, sessionPorts } from "../model-ports.js";
import { NodeChild } from "./node-child.js";

export interface NodeSession extends Session {
  readonly process: ModelProcess;
  readonly loadMs: number;
  /** Feeds checked and packed; see {@link ModelProcess.request}. */
  pack(feeds: Readonly<Record<string, RuntimeTensor>>): ReturnType<typeof packTensors>;
}

/** Verifies the file and loads it in a child process of its own. */
export async function openNodeSession(
  bytes: Uint8Array,
  options: TfliteLoadOptions,
  engine: TfliteEngineName,
  isolation: Isolation,
): Promise<NodeSession> {
  const ports = portsOf(readTflite(bytes)); // before a process starts
  const memoryBytes = options.memoryBytes ?? defaultMemoryBytes(bytes);
  const child = await NodeChild.start(memoryBytes, options, engine, isolation);
  try {
    const loadMs = await child.load(bytes, ports, memoryBytes);
    return session(child, ports, loadMs, options.outputBytes ?? MAX_REPLY_BYTES);
  } catch (error) {
    await child.close();
    throw error;
  }
}

function session(child: NodeChild, ports: ModelPorts, loadMs: number, outputBytes: number): NodeSession {
  const { process } = child;
  const pack: NodeSession["pack"] = (feeds) => child.pack(ports, feeds);
  return {
    process,
    loadMs,
    pack,
    inputs: sessionPorts(ports.inputs),
    outputs: sessionPorts(ports.outputs),
    async run(feeds, fetches) {
      const { tensors, buffers } = pack(feeds);
      const request = { type: "run", feeds: tensors, fetches: fetches ?? null, outputBytes } as const;
      const ran = await process.request(request, buffers);
      try {
        return unpackTensors(ran.header.tensors, ran.buffers);
      } catch (error) {
        await process.close();
        throw protocolError(error);
      }
    },
    get alive() {
      return process.alive;
    },
    dispose: () => child.close(),
  };
}
