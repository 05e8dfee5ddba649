// A Session in this process, for models that Espalier made itself.

import {
  abortedError,
  type LoadOptions,
  type ModelBytes,
  type Session,
  wrapRuntimeError,
} from "@espalier/core";
import { type OnnxSession, openSession } from "./onnx-session.js";
import { importOnnxRuntime, type OnnxRuntime } from "./onnxruntime.js";
import { runtimeMissingError } from "./runtime-missing.js";
import { makeTraceFolder } from "./trace-folder.js";

/** Loads `model`; runs block this thread, as onnxruntime-node does. */
export async function openNativeSession(
  model: ModelBytes,
  options: LoadOptions & { readonly threads: number },
): Promise<Session> {
  const { signal } = options;
  if (signal?.aborted) throw abortedError(signal);
  const ort: OnnxRuntime = await importOnnxRuntime().catch((error) => {
    throw runtimeMissingError(error);
  });
  const { threads, spinning, optimisation, profile } = options;
  const traces = makeTraceFolder(profile);
  let session: OnnxSession | null = await openSession(ort, model, {
    threads,
    traceFolder: traces.path,
    ...(spinning === undefined ? {} : { spinning }),
    ...(optimisation === undefined ? {} : { optimisation }),
  }).catch((error) => {
    traces.remove();
    throw wrapRuntimeError("NOT_RUNNABLE", error);
  });
  const { inputs, outputs } = session;
  const open = (): OnnxSession => {
    if (session === null) throw new Error("The session is disposed");
    return session;
  };
  return {
    inputs,
    outputs,
    async run(feeds, fetches, into) {
      const current = open();
      if (signal?.aborted) throw abortedError(signal);
      return current.run(feeds, fetches, into).catch((error) => {
        throw wrapRuntimeError("RUN_FAILED", error);
      });
    },
    profile: async () => open().profile(),
    async dispose() {
      const ending = session;
      session = null;
      await ending?.release();
      traces.remove();
    },
  };
}
