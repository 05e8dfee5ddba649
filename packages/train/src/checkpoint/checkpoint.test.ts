import { createHash } from "node:crypto";
import { type Host, readSafetensors, writeSafetensors } from "@espalier/core";
import { DataType, floatTensor, isEspalierError } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.js";
import { memoryStore } from "./memory-store.js";
import { newestCheckpoint } from "./newest-checkpoint.js";
import { storeBelow } from "./store-below.js";

const host: Pick<Host, "sha256"> = {
  sha256: async (bytes) => {
    const hash = createHash("sha256");
    for (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) hash.update(chunk);
    return hash.digest("hex");
  },
};

const checkpoint: Checkpoint = {
  options: "0123",
  state: {
    step: 7,
    tensors: new Map([
      ["w", Float32Array.of(1, -0, Number.NaN, 1e-45)],
      ["velocity/w", Float32Array.of(4, 3, 2, 1)],
    ]),
  },
  masks: new Map([["w", Uint8Array.of(1, 0, 1, 1)]]),
  run: { text: '"sha256":"quoted"', points: [{ loss: 0.1 }] },
};
const shapes = new Map([
  ["w", [2, 2]],
  ["velocity/w", [2, 2]],
]);
const encoded = () => encodeCheckpoint(checkpoint, shapes, host);

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return isEspalierError(error) ? error.code : String(error);
};

/** A file with a right digest, whatever it says. */
async function sealed(metadata: Record<string, string>): Promise<Uint8Array> {
  const bytes = writeSafetensors(
    new Map([["w", floatTensor([1], [1])]]),
    new Map(Object.entries({ ...metadata, sha256: "0".repeat(64) })),
  );
  const at = new TextDecoder("latin1").decode(bytes).indexOf('"sha256":"') + 10;
  bytes.set(new TextEncoder().encode(await host.sha256(bytes)), at);
  return bytes;
}

describe("a checkpoint", () => {
  it("is read as it was written, to the bit", async () => {
    const again = await decodeCheckpoint(await encoded(), host);
    expect(again).toEqual(checkpoint);
    expect(new Uint32Array((again.state.tensors.get("w") as Float32Array).buffer)).toEqual(
      new Uint32Array((checkpoint.state.tensors.get("w") as Float32Array).buffer),
    );
  });

  it("is a safetensors file with weights in their shapes and masks as bool", async () => {
    const { tensors, metadata } = readSafetensors(await encoded());
    expect([...tensors].map(([name, { dataType, dims }]) => [name, dataType, dims]).sort()).toEqual([
      ["mask/w", DataType.BOOL, [2, 2]],
      ["velocity/w", DataType.FLOAT, [2, 2]],
      ["w", DataType.FLOAT, [2, 2]],
    ]);
    expect(metadata.get("espalier_checkpoint")).toBe("1");
    expect(metadata.get("step")).toBe("7");
  });

  it("whose bytes are others, fewer or more is damaged", async () => {
    const bytes = await encoded();
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const other = bytes.slice();
        other[at] = (other[at] as number) ^ change;
        expect(await codeOf(decodeCheckpoint(other, host))).toBe("INVALID_CHECKPOINT");
        expect(await codeOf(decodeCheckpoint(bytes.subarray(0, at), host))).toBe("INVALID_CHECKPOINT");
      }),
    );
    expect(await codeOf(decodeCheckpoint(new Uint8Array([...bytes, 0]), host))).toBe("INVALID_CHECKPOINT");
  });

  it("of another version or kind is refused", async () => {
    const good = { espalier_checkpoint: "1", options: "", step: "3", run: "{}" };
    expect(await codeOf(decodeCheckpoint(await sealed(good), host))).toBe("null");
    for (const [change, code] of [
      [{ espalier_checkpoint: "2" }, "UNSUPPORTED_VERSION"],
      [{ step: "-1" }, "INVALID_CHECKPOINT"],
      [{ step: "x" }, "INVALID_CHECKPOINT"],
      [{ run: "{" }, "INVALID_CHECKPOINT"],
    ] as const)
      expect(await codeOf(decodeCheckpoint(await sealed({ ...good, ...change }), host))).toBe(code);
    const { espalier_checkpoint: _, ...unmarked } = good;
    expect(await codeOf(decodeCheckpoint(await sealed(unmarked), host))).toBe("INVALID_CHECKPOINT");
    expect(await codeOf(decodeCheckpoint(writeSafetensors(new Map()), host))).toBe("INVALID_CHECKPOINT");
  });

  it("has one tensor a name", async () => {
    const tensors = new Map([...checkpoint.state.tensors, ["mask/w", Float32Array.of(1)]]);
    const clashing = { ...checkpoint, state: { step: 1, tensors } };
    await expect(encodeCheckpoint(clashing, new Map([...shapes, ["mask/w", [1]]]), host)).rejects.toThrow(
      "one tensor",
    );
  });
});

describe("the newest checkpoint", () => {
  it("is the last that is whole", async () => {
    const store = storeBelow(memoryStore(), "below");
    expect(await newestCheckpoint(store, "run", host)).toBeNull();
    const at = (step: number) =>
      encodeCheckpoint({ ...checkpoint, state: { ...checkpoint.state, step } }, shapes, host);
    await store.write("run", await at(1));
    await store.write("run", await at(2));
    expect((await newestCheckpoint(store, "run", host))?.state.step).toBe(2);
    await store.write("run", (await at(3)).subarray(1));
    expect((await newestCheckpoint(store, "run", host))?.state.step).toBe(2);
    await store.write("run", new Uint8Array(0));
    expect(await codeOf(newestCheckpoint(store, "run", host))).toBe("INVALID_CHECKPOINT");
  });
});
