// The example of docs/adding-an-op.md, run as it stands there: it cannot rot.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  defaultHandlers,
  type Factor,
  findCoupledGroups,
  type HandlerRegistry,
  type OpHandler,
  sliceModel,
} from "@espalier/core";
import { DataType, inferFacts, type Model, type OpDefinition, type OpRegistry } from "@espalier/ir";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Net } from "../topologies/topology.js";

interface Example {
  readonly gate: OpHandler;
  readonly gateDefinition: OpDefinition;
  readonly definitions: OpRegistry;
  readonly handlers: HandlerRegistry;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const page = readFileSync(new URL("../../docs/adding-an-op.md", import.meta.url), "utf8");

/** Conv → acme.Gate → Conv → head; exporters declare the shapes of values, this one where asked. */
function model(declared = false): Model {
  const net = new Net(1);
  const a = net.conv(net.image(), 3, 6, { name: "before" });
  const gated = net.builder.op("Gate", [a, net.weights("slope", [6])], { name: "gate", domain: "acme" });
  if (declared) gated.type = { kind: "tensor", dataType: DataType.FLOAT, shape: [1, 6, 6, 6] };
  net.head(net.conv(gated, 6, 4, { name: "after" }), 4);
  const built = net.builder.model();
  built.opsets.set("acme", 1);
  return built;
}

describe("the example of docs/adding-an-op.md", () => {
  const folder = mkdtempSync(join(here, ".adding-an-op-"));
  let example: Example;

  beforeAll(async () => {
    const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
    expect(blocks).toHaveLength(1);
    const file = join(folder, "example.ts");
    writeFileSync(file, blocks[0] as string);
    example = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Example;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("without it, everything around the operator stays dense", () => {
    const subject = model(true);
    const { links, groups } = findCoupledGroups(subject, inferFacts(subject), defaultHandlers());
    expect([...links.barriers.values()]).toMatchObject([{ code: "UNKNOWN_OP", node: "gate" }]);
    expect(groups.map(({ id }) => id)).toEqual(["after_out#1"]);
  });

  it("with it, the slopes go with the channels", () => {
    const subject = model();
    const { gate, definitions, handlers } = example;
    const facts = inferFacts(subject, { registry: definitions });
    for (const registry of [handlers, defaultHandlers([gate])]) {
      const analysis = findCoupledGroups(subject, facts, registry);
      const group = analysis.groups.find(({ id }) => id === "before_out#1");
      expect(group?.members.map(({ value, axis, role }) => `${value.name}#${axis} ${role}`)).toEqual([
        "before.w#0 produces",
        "before.b#0 scales",
        "slope#0 scales",
        "after.w#1 consumes",
      ]);
      const [factor] = (group?.factors ?? new Map<Factor, number>()).keys();
      const removal = new Map([[factor as Factor, Uint8Array.of(0, 1, 0, 0, 1, 0)]]);
      const sliced = sliceModel(subject, facts, analysis, removal, registry);
      const shapes = Object.fromEntries(
        [...sliced.graph.initializers].map((v) => [v.name, v.initializer?.dims]),
      );
      expect(shapes).toMatchObject({ "before.w": [4, 3, 3, 3], slope: [4], "after.w": [4, 4, 3, 3] });
      const after = inferFacts(sliced, { registry: definitions });
      expect(after.shape(sliced.graph.outputs[0] as never)).toEqual([1, 3]);
    }
  });

  it("refuses to describe one operator twice", () => {
    expect(() => defaultHandlers([example.gate, example.gate])).toThrow("two handlers");
  });

  it("names only files that are there", () => {
    const files = [...page.matchAll(/`((?:packages|test|scripts)\/[\w./-]+\.\w+)`/g)].map(
      ([, file]) => file as string,
    );
    expect(files.length).toBeGreaterThan(1);
    for (const file of files)
      expect(() => readFileSync(new URL(`../../${file}`, import.meta.url))).not.toThrow();
  });
});
