import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { modelCard } from "./model-card.js";

const card = (
  source: string | null,
  more: { nameOrPath?: string; baseModel?: string } = {},
): Promise<string> => modelCard({ source, model: "onnx/model.onnx", figures: "| MACs | 2 | 1 |", ...more });
const fields = (text: string): unknown => parse(/^---\n(.*?)\n---\n/s.exec(text)?.[1] ?? "");

describe("modelCard", () => {
  it("says what was done after the removal", async () => {
    const said = (after?: { recovered: boolean; accuracyMeasured: boolean }): Promise<string> =>
      modelCard({ source: null, model: "onnx/model.onnx", figures: "", ...(after && { after }) });
    expect(await said()).toContain(
      "It was not fine-tuned afterwards, and nothing is said here about its accuracy.",
    );
    const recovered = await said({ recovered: true, accuracyMeasured: false });
    expect(recovered).toContain("weights were recovered on calibration inputs, without training");
    expect(recovered).toContain("nothing is said here about its accuracy");
    const judged = await said({ recovered: true, accuracyMeasured: true });
    expect(judged).toContain("accuracy was measured on held-out calibration inputs only");
    expect(judged).not.toContain("nothing is said");
  });

  it("keeps licence, task, language and tags, names the source and adds what was done", async () => {
    const source =
      "---\nlicense: mit\nlanguage:\n- en\npipeline_tag: fill-mask\ntags: [nlp, onnx]\nlibrary_name: transformers\nmetrics: [accuracy]\n---\n# X\nSecret claims.\n";
    const text = await card(source, { baseModel: "me/source" });
    expect(fields(text)).toEqual({
      base_model: "me/source",
      base_model_relation: "quantized",
      license: "mit",
      language: ["en"],
      pipeline_tag: "fill-mask",
      library_name: "transformers",
      tags: ["nlp", "onnx", "pruned", "espalier"],
    });
    expect(text).toContain("| MACs | 2 | 1 |");
    expect(text).not.toContain("Secret claims");
  });

  it("names no source where none is known", async () => {
    expect(fields(await card(null))).toEqual({
      library_name: "transformers.js",
      tags: ["onnx", "pruned", "espalier"],
    });
    expect(fields(await card("no front matter", { nameOrPath: "/home/me/model" }))).not.toHaveProperty(
      "base_model",
    );
    expect(fields(await card("---\n---\n", { nameOrPath: "org/name" }))).toMatchObject({
      base_model: "org/name",
    });
    expect(fields(await card("---\nbase_model: a/b\n---\n", { nameOrPath: "c/d" }))).toMatchObject({
      base_model: "a/b",
    });
  });

  it("cannot be talked into fields, code or unfolding by a hostile card", async () => {
    const injected = fields(await card('---\nlicense: "mit\\n---\\nevil: true"\n---\n')) as Record<
      string,
      unknown
    >;
    expect(injected).not.toHaveProperty("evil");
    const bomb = Array.from(
      { length: 20 },
      (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}, *a${i}]`,
    );
    for (const hostile of [
      "license: [",
      "- a\n- b",
      "license: a\nlicense: b",
      `a0: &a0 [x]\n${bomb.join("\n")}\ntags: *a20`,
    ]) {
      try {
        await card(`---\n${hostile}\n---\n`);
        throw new Error("accepted");
      } catch (error) {
        expect(isEspalierError(error, "INVALID_CONFIG")).toBe(true);
      }
    }
    expect(fields(await card("---\nlicense: !!js/function 'x'\n---\n"))).toMatchObject({ license: "x" });
  });
});
