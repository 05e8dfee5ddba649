// Every handler that Espalier ships through the conformance suite.

import {
  createHandlerRegistry,
  defaultHandlers,
  findCoupledGroups,
  OP_HANDLERS,
  type OpHandler,
} from "@espalier/core";
import { inferFacts } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { AXES } from "../conformance/cases/axes.js";
import { BARRIERS } from "../conformance/cases/barriers.js";
import { CUTTING } from "../conformance/cases/cutting.js";
import { BROADCASTING, UNARY } from "../conformance/cases/elementwise.js";
import { NORMALISATIONS } from "../conformance/cases/normalisations.js";
import { REDUCTIONS } from "../conformance/cases/reductions.js";
import { SOURCES } from "../conformance/cases/sources.js";
import { SPACE } from "../conformance/cases/space.js";
import { WEIGHTS } from "../conformance/cases/weights.js";
import type { OpCases } from "../conformance/op-case.js";
import { checkCase, testOpHandler } from "../conformance/op-handler.js";
import { Net } from "../topologies/topology.js";

const CASES: OpCases = {
  ...UNARY,
  ...BROADCASTING,
  ...WEIGHTS,
  ...NORMALISATIONS,
  ...SPACE,
  ...CUTTING,
  ...AXES,
  ...REDUCTIONS,
  ...SOURCES,
  ...BARRIERS,
};

const keyOf = ({ definition: { domain, opType } }: OpHandler): string =>
  domain === "" ? opType : `${domain}:${opType}`;

describe("the conformance suite", () => {
  it("has cases for every handler, and for nothing else", () => {
    expect(Object.keys(CASES).sort()).toEqual(OP_HANDLERS.map(keyOf).sort());
    for (const [name, cases] of Object.entries(CASES)) expect(cases.length, name).toBeGreaterThan(0);
  });
});

for (const handler of OP_HANDLERS) testOpHandler(handler, CASES[keyOf(handler)] ?? []);

describe("a handler that lacks one of its parts is caught by its cases", () => {
  // Upsample shares its handler with Resize, and never has sizes to rewrite.
  const handlers = OP_HANDLERS.filter((handler) => keyOf(handler) !== "Upsample");
  const parts = (["slice", "mixing", "reference"] as const).flatMap((part) =>
    handlers
      .filter((handler) => handler[part] !== undefined)
      .map((handler) => [part, keyOf(handler), handler] as const),
  );
  it.each(parts)("%s of %s", async (part, name, handler) => {
    const { [part]: _, ...broken } = handler;
    const registry = createHandlerRegistry(OP_HANDLERS.map((one) => (one === handler ? broken : one)));
    const outcomes = await Promise.allSettled(
      (CASES[name] ?? []).map((one) => checkCase(broken, one, registry)),
    );
    expect(outcomes.filter(({ status }) => status === "rejected").length).toBeGreaterThan(0);
  });
});

describe("an operator that nobody describes", () => {
  it("keeps everything around it dense, by name, and the rest prunable", () => {
    const net = new Net(1);
    const a = net.conv(net.image(), 3, 6, { name: "before" });
    const odd = net.builder.op("Frobnicate", [a], { name: "odd-one", domain: "acme" });
    odd.type = { kind: "tensor", dataType: 1, shape: [1, 6, 6, 6] };
    net.head(net.relu(net.conv(odd, 6, 8, { name: "after" })), 8);
    const model = net.builder.model();
    const facts = inferFacts(model);
    const { groups, dense, links } = findCoupledGroups(model, facts, defaultHandlers());
    expect([...links.barriers.values()]).toMatchObject([
      { code: "UNKNOWN_OP", node: "odd-one", opType: "Frobnicate" },
    ]);
    expect(groups.map((group) => group.id)).toEqual(["after_out#1"]);
    expect(dense.find(({ value }) => value.name === "before.w")?.reason).toMatchObject({
      code: "UNKNOWN_OP",
      node: "odd-one",
    });
  });
});
