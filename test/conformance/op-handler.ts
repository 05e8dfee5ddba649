// The conformance suite of operator handlers. What every handler owes, whatever its operator does:
//
//   1. slicing equals masking on the runtime, for random removals;
//   2. the source model is not touched: its bytes before = after;
//   3. the sliced model is a valid file: it reads back, the runtime loads it, inferred shapes are the real ones;
//   4. groups have unique ids and are found again the same;
//   5. constants that the operator reads play the roles the case states;
//   6. a barrier keeps everything it touches dense, and its refusal names the node.

import {
  barrierRefusals,
  defaultHandlers,
  findCoupledGroups,
  type GroupAnalysis,
  type HandlerRegistry,
  modelBytes,
  type OpHandler,
  type Removal,
  sliceModel,
} from "@espalier/core";
import { type Facts, inferFacts, type Model, type Node } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { expectSameBytes } from "../same-bytes.js";
import { Net } from "../topologies/topology.js";
import type { OpCase } from "./op-case.js";
import { randomRemoval, slicedAgainstMasked } from "./sliced-equals-masked.js";

/** Removals tried per case. */
const TRIES = 4;
/** Different widths sum in different orders; seen up to 3e-6. */
const TOLERANCE = 1e-5;

export function testOpHandler(
  handler: OpHandler,
  cases: readonly OpCase[],
  handlers: HandlerRegistry = defaultHandlers(),
): void {
  const { domain, opType } = handler.definition;
  describe(domain === "" ? opType : `${domain}:${opType}`, () => {
    for (const one of cases) {
      const outcome = typeof one.expects === "string" ? one.expects : one.expects.barrier;
      it(`${one.name}: ${outcome}`, () => checkCase(handler, one, handlers));
    }
  });
}

/** Rejects when the case finds a fault. */
export async function checkCase(handler: OpHandler, one: OpCase, handlers: HandlerRegistry): Promise<void> {
  const { domain, opType } = handler.definition;
  const subject = open(one, handlers);
  const nodes = subject.analysis.links.order.filter(
    (node) => node.opType === opType && node.domain === domain,
  );
  expect(nodes.length, "nodes under test").toBeGreaterThan(0);
  checkIds(subject, handlers);
  if (typeof one.expects === "string") checkShrinking(subject, nodes, one, handlers);
  else checkBarrier(subject, nodes, one.expects.barrier);
  for (const [place, role] of Object.entries(one.roles ?? {})) checkRole(subject, nodes, place, role);
  for (let seed = 0; seed < TRIES; seed++) await checkRemoval(subject, one, handlers, seed);
}

interface Subject {
  readonly model: Model;
  readonly facts: Facts;
  readonly analysis: GroupAnalysis;
}

function open(one: OpCase, handlers: HandlerRegistry): Subject {
  const net = new Net(7);
  one.build(net);
  const model = net.builder.model(one.opset ?? 17, (one.opset ?? 17) > 21 ? 10 : 8);
  for (const [domain, version] of Object.entries(one.opsets ?? {})) model.opsets.set(domain, version);
  const facts = inferFacts(model);
  return { model, facts, analysis: findCoupledGroups(model, facts, handlers) };
}

function checkIds({ model, facts, analysis }: Subject, handlers: HandlerRegistry): void {
  const ids = analysis.groups.map((group) => group.id);
  expect(new Set(ids).size, "unique ids").toBe(ids.length);
  const again = findCoupledGroups(model, facts, handlers).groups;
  expect(again.map(({ id, width, kind }) => ({ id, width, kind }))).toEqual(
    analysis.groups.map(({ id, width, kind }) => ({ id, width, kind })),
  );
}

function checkShrinking(
  subject: Subject,
  nodes: readonly Node[],
  one: OpCase,
  handlers: HandlerRegistry,
): void {
  for (const node of nodes) expect(subject.analysis.links.barriers.get(node), "no barrier").toBeUndefined();
  const shrunk = sizesAfter(subject, randomRemoval(subject.analysis.groups, 0), handlers);
  const touched = nodes.some((node) =>
    [...node.inputs, ...node.outputs].some((value) => value !== null && shrunk(value.name)),
  );
  expect(touched, "some axis at the operator shrinks").toBe(one.expects === "shrinks");
}

/** Tells which values of the sliced model are smaller than they were. */
function sizesAfter(
  { model, facts, analysis }: Subject,
  removal: Removal,
  handlers: HandlerRegistry,
): (name: string) => boolean {
  const sliced = sliceModel(model, facts, analysis, removal, handlers);
  const after = inferFacts(sliced);
  const sizes = (of: Model, known: Facts): Map<string, string> =>
    new Map(
      [...of.graph.nodes]
        .flatMap((node) => [...node.inputs, ...node.outputs])
        .filter((value) => value !== null)
        .map((value) => [value.name, String(known.shape(value))]),
    );
  const [before, now] = [sizes(model, facts), sizes(sliced, after)];
  return (name) => now.has(name) && now.get(name) !== before.get(name);
}

function checkBarrier({ analysis, facts }: Subject, nodes: readonly Node[], code: string): void {
  for (const node of nodes) {
    expect(analysis.links.barriers.get(node)?.code).toBe(code);
    const refusal = barrierRefusals(analysis, facts).find((one) => one.node === node.name);
    expect(refusal).toMatchObject({ code, node: node.name });
    expect(refusal?.reason).toContain(node.name);
    for (const value of [...node.inputs, ...node.outputs]) {
      for (const group of analysis.groups) {
        const touches =
          group.activations.some((one) => one.value === value) ||
          group.members.some((one) => one.value === value);
        expect(touches, `group ${group.id} reaches the barrier`).toBe(false);
      }
    }
  }
}

function checkRole({ analysis }: Subject, nodes: readonly Node[], place: string, role: string): void {
  const [input, axis] = place.split("#").map(Number) as [number, number];
  const values = nodes.map((node) => node.input(input));
  const roles = analysis.groups
    .flatMap((group) => group.members)
    .filter((one) => values.includes(one.value) && one.axis === axis)
    .map((one) => one.role);
  expect(roles, `role of input ${input}, axis ${axis}`).toContain(role);
}

async function checkRemoval(
  { model, facts, analysis }: Subject,
  one: OpCase,
  handlers: HandlerRegistry,
  seed: number,
): Promise<void> {
  const removal = randomRemoval(analysis.groups, seed);
  const before = modelBytes(model);
  if (one.notRunnable === undefined) {
    const found = await slicedAgainstMasked(model, facts, analysis, removal, handlers, seed);
    expect(found.maxRel).toBeLessThanOrEqual(TOLERANCE);
    expect(found.telling, "outputs are finite and differ").toBe(true);
    for (const { inferred, actual } of found.shapes) expect(inferred).toEqual(actual);
  } else sliceModel(model, facts, analysis, removal, handlers);
  expectSameBytes(modelBytes(model), before, "the source, which is not touched");
}
