// A Session whose model runs in a worker of its own.

import {
  type Feeds,
  type LoadOptions,
  type ModelBytes,
  type RuntimeTensor,
  runtimeError,
  type Session,
} from "@espalier/core";
import {
  elementTypeOfCode,
  elementTypeOfName,
  interquartileMean,
  summariseTrace,
} from "@espalier/core/engine";
import type { Message, MessageArray, PortHeader, SessionSettings, TensorHeader } from "./messages.js";
import { ModelWorker, type ModelWorkerOptions, type ReplyTo } from "./model-worker.js";

export interface WorkerSession extends Session {
  readonly worker: ModelWorker;
  readonly loadMs: number;
}

export type ModelLoadOptions = Pick<LoadOptions, "optimisation" | "freeDims" | "profile">;

/** Loads `model` in a new worker. */
export async function openWorkerSession(
  model: ModelBytes,
  load: ModelLoadOptions,
  options: ModelWorkerOptions,
): Promise<WorkerSession> {
  const worker = await ModelWorker.start(options);
  try {
    const header = await loadModel(worker, model, load);
    return {
      worker,
      loadMs: header.loadMs,
      inputs: header.inputs.map(port),
      outputs: header.outputs.map(port),
      async run(feeds, fetches) {
        const { tensors, arrays } = packFeeds(feeds);
        const request = { type: "run", tensors, fetches: fetches ?? null } as const;
        return unpackTensors(await worker.request("ran", request, arrays));
      },
      async profile() {
        const { trace } = (await worker.request("profiled", { type: "profile" })).header;
        return trace === null ? null : summariseTrace(trace, interquartileMean);
      },
      async dispose() {
        worker.close();
      },
    };
  } catch (error) {
    worker.close();
    throw error;
  }
}

/** Loads `model` in `worker`, in the place of the one before. */
export async function loadModel(
  worker: ModelWorker,
  model: ModelBytes,
  { optimisation, freeDims, profile = false }: ModelLoadOptions,
): Promise<ReplyTo<"loaded">> {
  const external = Object.entries(model.external ?? {});
  const settings: SessionSettings = {
    profile,
    ...(optimisation === undefined ? {} : { optimisation }),
    ...(freeDims === undefined ? {} : { freeDims }),
  };
  const request = { type: "load", settings, external: external.map(([name]) => name) } as const;
  const arrays = [model.bytes, ...external.map(([, bytes]) => bytes)];
  return (await worker.request("loaded", request, arrays)).header;
}

/** @throws EspalierError `RUN_FAILED` for an element type that the engine does not know */
export function packFeeds(feeds: Feeds): {
  readonly tensors: readonly TensorHeader[];
  readonly arrays: readonly MessageArray[];
} {
  const tensors: TensorHeader[] = [];
  const arrays: MessageArray[] = [];
  for (const [name, { dataType, dims, data }] of Object.entries(feeds)) {
    const type = elementTypeOfCode(dataType)?.name;
    if (type === undefined) {
      throw runtimeError("RUN_FAILED", `input "${name}": no tensors of element type ${dataType}`);
    }
    const header = { name, type, dims: [...dims] };
    if (isStrings(data)) tensors.push({ ...header, strings: [...data] });
    else {
      tensors.push(header);
      arrays.push(data);
    }
  }
  return { tensors, arrays };
}

function unpackTensors({
  header,
  arrays,
}: Message<{ readonly tensors: readonly TensorHeader[] }>): Record<string, RuntimeTensor> {
  let next = 0;
  return Object.fromEntries(
    header.tensors.map(({ name, type, dims, strings }) => {
      const dataType = elementTypeOfName(type)?.code;
      const data = strings ?? arrays[next++];
      if (dataType === undefined || data === undefined) {
        throw runtimeError("RUN_FAILED", `output "${name}": no tensors of element type ${type}`);
      }
      return [name, { dataType, dims, data }];
    }),
  );
}

function isStrings(data: RuntimeTensor["data"]): data is readonly string[] {
  return Array.isArray(data);
}

function port({ name, type, shape }: PortHeader): Session["inputs"][number] {
  return { name, dataType: type === null ? 0 : (elementTypeOfName(type)?.code ?? 0), shape };
}
