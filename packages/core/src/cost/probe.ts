// A network at trial widths, made to be timed: sliced, cleaned up as the artefact will be, and renamed so that the
// kernels in the runtime's profile can be told apart whatever it fuses and however it names what it fuses.

import { type Facts, isStatic, type Model, type Node, productOf, type Value } from "@espalier/ir";
import type { Factor } from "../groups/layout.js";
import { modelBytes } from "../parity/parity.js";
import { cleanUp } from "../plan/apply-steps.js";
import { removalOf } from "../plan/removal.js";
import type { ProfiledNode } from "../runtime.js";
import { sliceModel } from "../surgery/slice-model.js";
import { type CostSubject, patternOperators } from "./cost-model.js";
import type { CostPattern } from "./cost-pattern.js";
import { factsAt, keepUnits } from "./widths.js";

/** Units that each group keeps, by id; groups that are absent keep all. */
export type TrialWidths = ReadonlyMap<string, readonly number[]>;

export interface Probe {
  readonly bytes: Uint8Array;
  /** Facts of the source at these widths. */
  readonly facts: Facts;
}

/** What one kernel of a profile stands for. */
export type ProfiledKernel =
  | {
      readonly pattern: CostPattern;
      readonly macs: number;
      /** Elements of everything it reads. */
      readonly elements: number;
      readonly us: number;
    }
  | {
      readonly pattern: null;
      readonly kernel: string;
      readonly value: string | null;
      readonly elements: number;
      readonly us: number;
    };

/** Node and value names of a probe: found again in whatever the runtime makes of them. */
const NODE_MARK = /espalier_n(\d+)_/;
const VALUE_MARK = /espalier_v(\d+)_/;
/** How far back a fused kernel's result may lie from the operator that gives the kernel its name. */
const LONGEST_CHAIN = 6;

/** The network at trial widths. */
export function makeProbe(subject: CostSubject, widths: TrialWidths): Probe {
  const { model, facts, boundFacts, analysis, handlers } = subject;
  const kept = new Map<Factor, number>();
  const steps = [];
  for (const group of analysis.groups) {
    const keep = widths.get(group.id);
    if (keep === undefined || keep.length === group.width) continue;
    keepUnits(group, keep, kept);
    steps.push({ kind: "slice" as const, group: group.id, width: group.width, keep, reason: "" });
  }
  const sliced = sliceModel(model, facts, analysis, removalOf(analysis, steps), handlers);
  cleanUp(sliced, { keepOverridable: false });
  mark(sliced, model);
  return { bytes: modelBytes(sliced), facts: factsAt(boundFacts, analysis, kept) };
}

/** Kernels of a probe's profile, each with the operator of the source that it runs. */
export function readProbe(
  subject: CostSubject,
  probe: Probe,
  profile: readonly ProfiledNode[],
): ProfiledKernel[] {
  const nodes = [...subject.model.graph.nodes];
  const operators = new Map(patternOperators(subject).map((one) => [one.node, one]));
  const patternOf = (node: Node): CostPattern | null => operators.get(node)?.pattern(probe.facts) ?? null;
  const claimed = new Set<Node>();
  const claim = (node: Node | null, us: number): ProfiledKernel | null => {
    const pattern = node === null || claimed.has(node) ? null : patternOf(node);
    if (node === null || pattern === null) return null;
    claimed.add(node);
    const macs = operators.get(node)?.macs(probe.facts) ?? 0;
    return { pattern, macs, elements: elementsOf(node.inputs, probe.facts), us };
  };
  const named = profile.map((one) => namedNode(one, nodes));
  const byName = profile.map((one, i) => claim(behindKernel(named[i] ?? null, one), one.durationUs));
  return profile.map((one, i) => {
    const known = byName[i] ?? claim(sameShapes(one, nodes, claimed, patternOf, probe.facts), one.durationUs);
    if (known !== null) return known;
    return {
      pattern: null,
      kernel: one.opType,
      value: named[i]?.output(0)?.name ?? null,
      elements: (one.outputShapes[0] ?? []).reduce((product, dim) => product * dim, 1),
      us: one.durationUs,
    };
  });
}

/** Elements of these values together, as far as their shapes are known. */
export function elementsOf(values: readonly (Value | null)[], facts: Facts): number {
  return values.reduce((sum, value) => {
    const shape = value === null ? null : facts.shape(value);
    const size = shape === null ? null : productOf(shape);
    return sum + (size !== null && isStatic(size) ? size : 0);
  }, 0);
}

/** Gives every node and every result of a node the number of the source's node it comes from. */
function mark(probe: Model, source: Model): void {
  const numbers = new Map<string, number>();
  for (const [i, node] of [...source.graph.nodes].entries())
    for (const output of node.outputs) if (output !== null) numbers.set(output.name, i);
  for (const node of probe.graph.nodes) {
    const number = numbers.get(node.outputs.find((output) => output !== null)?.name ?? "");
    if (number === undefined) continue;
    node.name = `espalier_n${number}_`;
    for (const [k, output] of node.outputs.entries())
      if (output !== null) output.name = `espalier_v${number}_${k === 0 ? "" : `${k}_`}`;
  }
}

function namedNode({ name }: ProfiledNode, nodes: readonly Node[]): Node | null {
  const number = (NODE_MARK.exec(name) ?? VALUE_MARK.exec(name))?.[1];
  return number === undefined ? null : (nodes[Number(number)] ?? null);
}

/** The operator that gives a kernel its name, from the last one that was fused into it. */
function behindKernel(last: Node | null, { opType }: ProfiledNode): Node | null {
  let front: Node[] = last === null ? [] : [last];
  for (let i = 0; i < LONGEST_CHAIN && front.length > 0; i++) {
    const found = front.find((node) => opType === node.opType || opType === `Fused${node.opType}`);
    if (found !== undefined) return found;
    front = front.flatMap((node) => node.inputs.flatMap((input) => input?.producer ?? []));
  }
  return null;
}

/** A kernel without a name: the first operator nobody claimed whose weights and result have its shapes. */
function sameShapes(
  kernel: ProfiledNode,
  nodes: readonly Node[],
  claimed: ReadonlySet<Node>,
  patternOf: (node: Node) => CostPattern | null,
  facts: Facts,
): Node | null {
  const [, weights] = kernel.inputShapes;
  const [result] = kernel.outputShapes;
  if (weights === undefined || result === undefined) return null;
  const shapeOf = (value: Value | null): string => (value === null ? "" : String(facts.shape(value)));
  const size = result.reduce((product, dim) => product * dim, 1);
  return (
    nodes.find((node) => {
      if (claimed.has(node) || shapeOf(node.input(1)) !== String(weights)) return false;
      const output = node.output(0);
      const elements = output === null ? null : productOf(facts.shape(output) ?? []);
      return elements !== null && isStatic(elements) && elements === size && patternOf(node) !== null;
    }) ?? null
  );
}
