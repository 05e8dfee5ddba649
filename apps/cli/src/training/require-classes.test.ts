import { textSet, wordTokenizer } from "@espalier/data";
import { DataType, GraphBuilder, intAttribute, intsAttribute, type Model } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";
import { drawn } from "../../../../test/training-networks.js";
import { requireClasses, type ShownData } from "./require-classes.js";
import { sayAnswer, sayData } from "./say-warnings.js";

const vocabulary = wordTokenizer(["<pad>", "<unk>", "a", "b", "c", "d"]);
const texts = (name: string, list: readonly string[]) =>
  textSet({
    ...{ name, vocabulary, length: 2 },
    data: { texts: list, labels: Int32Array.from(list, (_, i) => i % 2), classes: ["no", "yes"] },
  });
const data: ShownData = {
  ...{ input: "ids", testBatch: 2, vocabulary },
  // The largest id, 5, is in neither part's first batch.
  ...{ train: texts("train", ["a b", "a", "b d"]), test: texts("test", ["a", "b", "c"]) },
  digests: { name: "letters", sha256: "", count: 3, testSha256: "", testCount: 3 },
};

/** ids [N, 2] → the mean of their rows [N, classes]. */
function meanOfRows(rows: number, classes: number, probabilities = false): Model {
  const net = new GraphBuilder();
  const ids = net.input("ids", ["N", 2], DataType.INT64);
  const found = net.op("Gather", [net.weight("rows", drawn(1, "rows", [rows, classes])), ids]);
  const options = { attributes: { axes: intsAttribute([1]), keepdims: intAttribute(0) } };
  const mean = net.op("ReduceMean", [found], options);
  net.output(probabilities ? net.op("Softmax", [mean]) : mean, "logits");
  return net.model();
}

// In this process: nothing here needs to be stopped.
const native = nodeRuntime({ threads: 1 });
const runtime = { loadUntrusted: (bytes: Uint8Array) => native.load(bytes) };
const answerOf = (model: Model) =>
  requireClasses(model, data, { runtime, signal: new AbortController().signal });

describe("what a network answers", () => {
  it("tells the classes of the data apart, or is refused", async () => {
    expect(await answerOf(meanOfRows(6, 2))).toEqual({ dims: [2], classes: 2, probabilities: false });
    expect(await answerOf(meanOfRows(6, 3, true))).toMatchObject({ classes: 3, probabilities: true });
    await expect(answerOf(meanOfRows(6, 1))).rejects.toMatchObject({ code: "DATA_UNFIT" });
  });

  it("comes for every token id of the data, or the network is refused before it is trained", async () => {
    const refused = answerOf(meanOfRows(5, 2));
    await expect(refused).rejects.toMatchObject({ code: "DATA_UNFIT", cause: { code: "RUN_FAILED" } });
    await expect(refused).rejects.toThrow(/ids up to 5.*vocabulary of 6 tokens/);
  });

  it("is warned of where it may be meant otherwise", async () => {
    const notes: string[] = [];
    const output = {
      ...{ json: false, color: false, result: () => {}, error: () => {} },
      note: (line: string) => void notes.push(line),
    };
    sayAnswer({ output }, await answerOf(meanOfRows(6, 2)), data);
    sayData({ output }, { ...data, withoutCard: null, vocabulary: null });
    expect(notes).toEqual([]);
    sayAnswer({ output }, await answerOf(meanOfRows(6, 3, true)), data);
    sayData({ output }, { ...data, withoutCard: "no card" });
    expect(notes).toHaveLength(4);
    expect(notes[0]).toContain("probabilities");
    expect(notes[1]).toContain("3 classes apart and letters has 2");
    expect(notes[2]).toBe("warning: no card");
    expect(notes[3]).toContain("own vocabulary of letters (6 tokens)");
  });
});
