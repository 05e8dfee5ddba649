// Local functions: passed through as they are, but their bodies are checked like any graph, and their calls are
// followed: a kilobyte of functions that call each other twice is a billion nodes to whoever inlines them.

import { EspalierError, quoteName } from "../errors.js";
import { Graph, graphsWithin } from "../graph/graph.js";
import type { LocalFunction } from "../graph/model.js";
import { enforceLimit, type Limits } from "../limits.js";
import type { FunctionProto } from "./onnx_pb.js";
import type { ReadContext } from "./read-context.js";
import { declareOutputs, readNodes, requireOutput } from "./read-graph.js";
import { Scope } from "./scope.js";
import { verifyPassedThrough } from "./verify-passed-through.js";
import { readOpsets } from "./versions.js";

/** Reads the functions of a model whose main graph is `main`. */
export function readFunctions(
  protos: readonly FunctionProto[],
  main: Graph,
  context: ReadContext,
): readonly LocalFunction[] {
  enforceLimit(context.limits, "functions", protos.length, "local functions");
  const bodies = new Map<string, Graph>();
  const functions = protos.map((proto): LocalFunction => {
    const { name, overload } = proto;
    const domain = proto.domain === "ai.onnx" ? "" : proto.domain;
    const key = keyOf(domain, name, overload);
    if (bodies.has(key)) {
      throw new EspalierError("DUPLICATE", "A function is defined twice", { found: quoteName(name) });
    }
    bodies.set(key, readBody(proto, context.passingThrough("a local function")));
    verifyAttributes(proto, context);
    readOpsets(proto.opsetImport);
    return { domain, name, overload, residue: proto };
  });
  if (functions.length > 0) verifyCalls(main, bodies, context.limits);
  return functions;
}

/** Parameters, with and without a default. */
function verifyAttributes(proto: FunctionProto, context: ReadContext): void {
  const names = [...proto.attribute, ...proto.attributeProto.map(({ name }) => name)];
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) {
    throw new EspalierError(
      "DUPLICATE",
      `An attribute of function ${quoteName(proto.name)} is declared twice`,
      {
        found: quoteName(twice),
      },
    );
  }
  for (const attribute of proto.attributeProto) verifyPassedThrough(attribute, "a local function", context);
}

/** The body as a graph, for checking only. */
function readBody(proto: FunctionProto, context: ReadContext): Graph {
  const scope = new Scope(null, true);
  const graph = new Graph(proto.name);
  for (const name of proto.input) graph.inputs.push(scope.declare(name, "function input"));
  readNodes(proto.node, declareOutputs(proto.node, scope), graph, scope, context);
  for (const name of proto.output) requireOutput(name, scope);
  return graph;
}

interface Size {
  /** Nodes that inlining visits: the calls themselves count too, or empty functions would be free. */
  readonly nodes: number;
  /** Levels of calls. */
  readonly depth: number;
}

/** Sizes by dynamic programming over the call graph, depth first without recursion. */
function verifyCalls(main: Graph, bodies: ReadonlyMap<string, Graph>, limits: Limits): void {
  const calls = new Map([...bodies].map(([key, body]) => [key, callsOf(body, bodies)] as const));
  const sizes = new Map<string, Size>();
  for (const root of bodies.keys()) {
    const open = new Set<string>();
    const stack = [root];
    for (let key = stack.at(-1); key !== undefined; key = stack.at(-1)) {
      const called = calls.get(key) as Calls;
      const pending = sizes.has(key) ? [] : [...called.count.keys()].filter((callee) => !sizes.has(callee));
      if (pending.length === 0) {
        if (!sizes.has(key)) sizes.set(key, sizeOf(called, sizes, 1));
        open.delete(key);
        stack.pop();
        continue;
      }
      open.add(key);
      if (pending.some((callee) => open.has(callee))) {
        throw new EspalierError("CYCLE", "Functions call themselves", { found: key });
      }
      for (const callee of pending) stack.push(callee);
    }
  }
  const total = sizeOf(callsOf(main, bodies), sizes, 0);
  for (const { depth } of sizes.values()) enforceLimit(limits, "functionCallDepth", depth, "function calls");
  enforceLimit(limits, "nodes", total.nodes, "the model with its functions inlined");
}

interface Calls {
  readonly nodes: number;
  /** Function → times called. */
  readonly count: ReadonlyMap<string, number>;
}

function callsOf(graph: Graph, bodies: ReadonlyMap<string, Graph>): Calls {
  let nodes = 0;
  const count = new Map<string, number>();
  for (const inner of graphsWithin(graph)) {
    for (const node of inner.nodes) {
      nodes++;
      const key = keyOf(node.domain, node.opType, node.overload);
      if (bodies.has(key)) count.set(key, (count.get(key) ?? 0) + 1);
    }
  }
  return { nodes, count };
}

/** May become Infinity, which is above every limit. */
function sizeOf({ nodes, count }: Calls, sizes: ReadonlyMap<string, Size>, level: number): Size {
  let total = nodes;
  let depth = 0;
  for (const [key, times] of count) {
    const callee = sizes.get(key) as Size;
    total += times * callee.nodes;
    depth = Math.max(depth, callee.depth);
  }
  return { nodes: total, depth: depth + level };
}

/** One text per function; its parts may hold any character. */
function keyOf(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain, name, overload]);
}
