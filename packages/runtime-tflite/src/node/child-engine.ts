// A TFLite interpreter as a child process serves it: tensors become bytes in the order of the file's ports.

import type { Feeds, RuntimeTensor } from "@espalier/core";
import { elementTypeOfCode } from "@espalier/core/engine";
import type { ChildEngine, ChildModel } from "@espalier/runtime-node/child-program";
import type { LoadedModel } from "../engine/engine.js";
import type { GuardedEngine, LoadSettings } from "../engine/guarded-engine.js";
import type { Port } from "../model-ports.js";

export function childEngine(engine: GuardedEngine): ChildEngine {
  return {
    async load({ bytes }, settings): Promise<ChildModel> {
      const { ports } = settings as LoadSettings;
      const model = await engine.load(bytes, settings as LoadSettings);
      return {
        inputs: ports.inputs.map(portInfo),
        outputs: ports.outputs.map(portInfo),
        async run(feeds, fetches) {
          feed(model, ports.inputs, feeds);
          model.run();
          return results(model, ports.outputs, fetches);
        },
        async prepare(feeds) {
          feed(model, ports.inputs, feeds);
          model.run();
          return async () => model.run();
        },
        profile: async () => null,
        release: async () => model.release(),
      };
    },
  };
}

function portInfo({ name, dataType, dims }: Port): ChildModel["inputs"][number] {
  return { name, dataType, shape: dims };
}

function feed(model: LoadedModel, inputs: readonly Port[], feeds: Feeds): void {
  model.feed(
    inputs.map(({ name }) => {
      const data = feeds[name]?.data;
      if (!ArrayBuffer.isView(data)) throw new Error(`no bytes are fed to "${name}"`);
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    }),
  );
}

function results(
  model: LoadedModel,
  outputs: readonly Port[],
  fetches: readonly string[] = outputs.map(({ name }) => name),
): Record<string, RuntimeTensor> {
  const wanted = new Set(fetches);
  const fetched = model.fetch().flatMap(({ dims, bytes }, i): [string, RuntimeTensor][] => {
    const { name, dataType } = outputs[i] as Port;
    const array = elementTypeOfCode(dataType)?.array;
    if (!wanted.has(name) || array === null || array === undefined) return [];
    return [[name, { dataType, dims, data: new array(bytes.buffer) }]];
  });
  return Object.fromEntries(fetched);
}
