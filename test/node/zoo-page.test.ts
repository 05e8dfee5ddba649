// docs/zoo.md: its table is what is counted, its examples run as they stand there.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as core from "@espalier/core";
import * as ir from "@espalier/ir";
import * as zoo from "@espalier/zoo";
import { afterAll, describe, expect, it } from "vitest";
import { countNetworks, ZOO_FILE, zooPage } from "../../scripts/zoo-table.mjs";

const page = readFileSync(ZOO_FILE, "utf8");

describe("docs/zoo.md", () => {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const folder = mkdtempSync(join(here, ".zoo-page-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const example = async (block: number): Promise<Record<string, unknown>> => {
    const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code as string);
    expect(blocks).toHaveLength(2);
    const file = join(folder, `example-${block}.ts`);
    writeFileSync(file, blocks[block] as string);
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>;
  };

  it("has the table that scripts/zoo-table.mjs counts", () => {
    expect(page).toBe(zooPage(page, countNetworks(core, ir, zoo)));
  });

  it("shows how networks are built and weights loaded", async () => {
    const { onnx, file, missing, unexpected } = await example(0);
    expect(ir.readModel(onnx as Uint8Array).graph.name).toBe("mobilenet-v2");
    expect([missing, unexpected]).toEqual([[], []]);
    // 853,018 parameters with ten classes, 90 more rows of 65, two statistics a channel.
    const { tensors } = zoo.readSafetensors(file as Uint8Array);
    const parameters = [...tensors].filter(([name]) => zoo.isParameterName(name));
    expect(parameters.reduce((sum, [, { size }]) => sum + size, 0)).toBe(853_018 + 90 * 65);
  });

  it("shows how one is added", async () => {
    const { plain20 } = (await example(1)) as { plain20: () => ir.Model };
    const model = plain20();
    // No shortcut has parameters: as many as ResNet-20, and one group a convolution.
    expect(zoo.countTrained(model)).toBe(zoo.countTrained(zoo.resnet20()));
    const { groups } = core.findCoupledGroups(model, ir.inferFacts(model), core.defaultHandlers());
    expect(groups).toHaveLength(19);
  });
});
