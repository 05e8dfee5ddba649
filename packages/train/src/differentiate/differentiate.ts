// Reverse-mode differentiation over the graph: one sweep against the order of the nodes, each node's rule turning the
// gradient of its outputs into that of its operands. The gradients are nodes of the same graph.
//
// Source: Griewank and Walther 2008, "Evaluating Derivatives", chapter 3 (the incremental reverse mode).

import {
  capturedValues,
  DataType,
  dataTypeName,
  EspalierError,
  type Facts,
  type Graph,
  isFloating,
  type Node,
  topologicalOrder,
  type Value,
} from "@espalier/ir";
import type { GradientRegistry, GradientRule } from "../gradients/gradient-rule.js";
import type { Arithmetic } from "../graph/arithmetic.js";
import { GradientContext } from "./gradient-context.js";

export interface DifferentiateOptions {
  readonly graph: Graph;
  readonly facts: Facts;
  readonly rules: GradientRegistry;
  readonly make: Arithmetic;
  /** A float without axes, or of one element. */
  readonly loss: Value;
  /** What the gradient is wanted of: inputs of the graph, or any other values in it. */
  readonly of: readonly Value[];
}

/**
 * Appends the gradients of `loss` to the graph.
 *
 * @returns by value of `of`: ∂loss/∂value, of its shape; null where the loss does not depend on it
 * @throws EspalierError `NO_GRADIENT` for operators without a rule between the values and the loss, with all nodes they
 *   block; `SIZE_UNKNOWN` where a size that a rule needs is symbolic
 */
export function differentiate(options: DifferentiateOptions): ReadonlyMap<Value, Value | null> {
  const { graph, facts, rules, make, loss, of } = options;
  const order = topologicalOrder(graph);
  const wanted = valuesBetween(order, facts, of, loss);
  const steps = rulesOf(order, wanted, rules, facts);
  const context = new GradientContext(make, facts, wanted);
  context.give(loss, make.expand(make.scalar(1), context.shape(loss)));
  for (const { node, rule } of steps.toReversed()) {
    if (!node.outputs.some((output) => context.gradient(output) !== null)) continue;
    context.begin();
    rule.backward(rule.definition.view(node, facts), context);
    for (const input of readBy(node)) if (context.owes(input)) throw notGiven(node, input);
  }
  return new Map(of.map((value) => [value, context.gradient(value)]));
}

/** Float values that depend on one of `from` and on which the loss depends. */
function valuesBetween(
  order: readonly Node[],
  facts: Facts,
  from: readonly Value[],
  loss: Value,
): ReadonlySet<Value> {
  const reached = new Set(from);
  for (const node of order) {
    if (!readBy(node).some((input) => reached.has(input))) continue;
    for (const output of node.outputs)
      if (output !== null && isFloating(facts.dataType(output) ?? 0)) reached.add(output);
  }
  const wanted = new Set<Value>();
  const needed = new Set([loss]);
  for (const node of order.toReversed()) {
    if (!node.outputs.some((output) => output !== null && needed.has(output) && reached.has(output)))
      continue;
    for (const input of readBy(node)) if (reached.has(input)) needed.add(input);
  }
  for (const value of reached) if (needed.has(value)) wanted.add(value);
  return wanted;
}

/** The operands of a node, and what its branches or its body read from outside. */
function readBy(node: Node): Value[] {
  const operands = node.inputs.filter((input) => input !== null);
  return node.subgraphs.length === 0 ? operands : [...operands, ...capturedValues(node)];
}

interface Step {
  readonly node: Node;
  readonly rule: GradientRule;
}

function rulesOf(
  order: readonly Node[],
  wanted: ReadonlySet<Value>,
  rules: GradientRegistry,
  facts: Facts,
): Step[] {
  const steps: Step[] = [];
  const blocked = new Map<string, string[]>();
  for (const node of order) {
    const passes = (value: Value | null): boolean => value !== null && wanted.has(value);
    if (!node.outputs.some(passes) || !readBy(node).some(passes)) continue;
    const rule = rules.find(node);
    if (rule !== null) {
      if (!rule.anyFloat) requireFloat32(node, wanted, facts);
      steps.push({ node, rule });
    } else {
      const name = node.domain === "" ? node.opType : `${node.domain}.${node.opType}`;
      blocked.set(name, [...(blocked.get(name) ?? []), node.name]);
    }
  }
  if (blocked.size > 0) throw noGradient(blocked);
  return steps;
}

function requireFloat32(node: Node, wanted: ReadonlySet<Value>, facts: Facts): void {
  for (const value of [...node.inputs, ...node.outputs]) {
    if (value === null || !wanted.has(value)) continue;
    const dataType = facts.dataType(value);
    if (dataType !== null && dataType !== DataType.FLOAT)
      throw new EspalierError("NO_GRADIENT", "Gradients are computed in float32", {
        ...{ node: node.name, opType: node.opType, value: value.name },
        ...{ expected: dataTypeName(DataType.FLOAT), found: dataTypeName(dataType) },
        unblock: "Train the float32 form of the network, and convert it afterwards.",
      });
  }
}

/** A rule that covers its operator only in part must not pass for one whose gradient is 0. */
function notGiven(node: Node, input: Value): EspalierError {
  return new EspalierError(
    "NO_GRADIENT",
    "The gradient rule of an operator does not cover one of its operands",
    {
      node: node.name,
      opType: node.opType,
      value: input.name,
      unblock: "Freeze the weights that it is computed from, or pass a rule of your own for the operator.",
    },
  );
}

function noGradient(blocked: ReadonlyMap<string, readonly string[]>): EspalierError {
  const found = [...blocked].map(([opType, nodes]) => `${opType} (${nodes.join(", ")})`).join("; ");
  return new EspalierError("NO_GRADIENT", "Operators without a gradient rule lie between weights and loss", {
    found,
    unblock: "Freeze the weights before them, or pass a rule of your own for the operator.",
  });
}
