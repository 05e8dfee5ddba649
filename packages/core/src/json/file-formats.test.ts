// docs/file-formats.md names every key that the readers check, and no other.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { COST_TABLE_SHAPE } from "../cost/cost-table.js";
import { INPUT_RULE_SHAPE } from "../inputs/specified-inputs.js";
import { PLAN_SHAPE } from "../plan/read-plan.js";
import { RECEIPT_SHAPE } from "../receipt/read-receipt.js";

/** The parts of valibot's schemas that lead to keys. */
interface Shape {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Shape>>;
  readonly item?: Shape;
  readonly wrapped?: Shape;
  readonly options?: readonly (Shape | string)[];
}

/** Every key, with "?" where it may be absent. */
function keysOf(shape: Shape): string[] {
  const own = Object.entries(shape.entries ?? {}).map(([key, { type }]) =>
    type === "optional" || type === "nullish" ? `${key}?` : key,
  );
  const inner = [shape.item, shape.wrapped, ...Object.values(shape.entries ?? {}), ...(shape.options ?? [])];
  return [...own, ...inner.flatMap((part) => (typeof part === "object" ? keysOf(part) : []))];
}

function documented(file: string): Set<string> {
  const text = readFileSync(new URL("../../../../docs/file-formats.md", import.meta.url), "utf8");
  const [, section = ""] = text.split(`## ${file}\n`);
  const [, block = ""] = (section.split("\n## ")[0] ?? "").split("```");
  return new Set([...block.matchAll(/"([A-Za-z0-9]+\??)":/g)].map(([, key]) => key as string));
}

it.each([
  ["receipt.json", RECEIPT_SHAPE, ["unavailable"]],
  ["plan.json", PLAN_SHAPE, []],
  ["cost-table.json", COST_TABLE_SHAPE, []],
])("%s", (file, shape, inComments) => {
  const named = documented(file);
  for (const key of inComments) named.add(key);
  expect([...named].sort()).toEqual([...new Set(keysOf(shape as unknown as Shape))].sort());
});

it("spec.json", () => {
  const inputs = ["image", "tokens", "audio"];
  const named = [...documented("spec.json")].filter((key) => !inputs.includes(key));
  expect(named.sort()).toEqual([...new Set(keysOf(INPUT_RULE_SHAPE as unknown as Shape))].sort());
});
