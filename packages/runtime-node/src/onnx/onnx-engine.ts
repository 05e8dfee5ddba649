// ONNX Runtime as a child process serves it.

import type { Feeds } from "@espalier/core";
import type { ChildEngine, ChildModel } from "../child/engine.js";
import { type OnnxSession, openSession, type SessionSettings } from "./onnx-session.js";
import type { OnnxRuntime } from "./onnxruntime.js";
import { toOrtTensor } from "./tensor.js";

export function onnxEngine(ort: OnnxRuntime): ChildEngine {
  return {
    async load(model, settings): Promise<ChildModel> {
      const session = await openSession(ort, model, settings as SessionSettings);
      const { inputs, outputs } = session;
      return {
        inputs,
        outputs,
        run: (feeds, fetches) => session.run(feeds, fetches),
        prepare: (feeds) => prepare(ort, session, feeds),
        profile: () => session.profile(),
        release: () => session.release(),
      };
    },
  };
}

/** Tensors for timing: made once, with outputs of a fixed element size allocated beforehand. */
async function prepare(
  ort: OnnxRuntime,
  { native }: OnnxSession,
  feeds: Feeds,
): Promise<() => Promise<unknown>> {
  const tensors = Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => [name, toOrtTensor(ort, name, tensor)]),
  );
  const results = await native.run(tensors);
  const outputs = Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [name, tensor.type === "string" ? null : tensor]),
  );
  try {
    await native.run(tensors, outputs);
    return () => native.run(tensors, outputs);
  } catch {
    // An output whose size changes from run to run: the runtime allocates it then.
    const allocated = Object.fromEntries(Object.keys(outputs).map((name) => [name, null]));
    return () => native.run(tensors, allocated);
  }
}
