// Finds the parts of a graph that XNNPACK computes with the zeros of their 1x1 convolutions, or says all that stands in the
// way. A subgraph is what hangs together among the operators that have such a form, from the 3x3 convolution that puts
// channels first to the means that put them last.

import type { GraphTensor } from "../graph/graph-tensor.js";
import type { GraphOperator, TfliteGraph } from "../graph/tflite-graph.js";
import { SPARSE_CONDITIONS, type SparseCondition, type SparseFailure } from "./conditions.js";
import { failure } from "./judge.js";
import { isPointwise } from "./judge-windows.js";
import { Members } from "./members.js";

export interface SparseSubgraph {
  /** In the order of execution. */
  readonly operators: readonly GraphOperator[];
  /** The 1x1 convolutions among them. */
  readonly pointwise: readonly GraphOperator[];
  /** Of the 1x1 convolutions, all together. */
  readonly weights: number;
  readonly zeros: number;
}

export interface SparseCheck {
  /** Empty where anything fails. */
  readonly subgraphs: readonly SparseSubgraph[];
  readonly failures: readonly SparseFailure[];
}

/**
 * All 1x1 convolutions have to lie in a subgraph that meets every condition: the hint that a runtime gets from one sparse
 * weight is about the whole file, and what leaves a subgraph otherwise than through its end may come out in the wrong order.
 */
export function findSparseSubgraphs(graph: TfliteGraph): SparseCheck {
  const pointwise = graph.operators.filter(isPointwise);
  if (pointwise.length === 0)
    return { subgraphs: [], failures: [ofNetwork("SPARSE_NO_POINTWISE", "it has none")] };
  const members = new Members(graph);
  const subgraphs = members
    .clusters()
    .filter((operators) => operators.some(isPointwise))
    .map(countZeros);
  const upstream = members.upstream(pointwise);
  const failures = [
    ...[...upstream].flatMap((operator) => [
      ...members.judged(operator).failures,
      ...operandFailures(operator, members),
    ]),
    ...subgraphs.flatMap((subgraph) => failuresOf(subgraph, members, upstream, graph.outputs)),
  ];
  const all =
    failures.length > 0 ? failures : subgraphs.flatMap((subgraph) => endFailures(subgraph, members));
  return all.length > 0 ? { subgraphs: [], failures: inOrder(all, graph) } : { subgraphs, failures: [] };
}

/** A subgraph whose images have one row and one column everywhere could be left anywhere, but is only seen by its end. */
function endFailures({ operators }: SparseSubgraph, members: Members): SparseFailure[] {
  if (operators.some((operator) => ["mean", "end"].includes(members.judged(operator).role))) return [];
  return [failure(operators.at(-1) as GraphOperator, "SPARSE_NO_END", "there is none")];
}

/** Those of the first operators first, and those of the whole network last. */
function inOrder(failures: readonly SparseFailure[], { operators }: TfliteGraph): SparseFailure[] {
  const places = new Map(operators.map(({ outputs }, i) => [outputs[0]?.name ?? "", i]));
  const place = ({ node }: SparseFailure): number => places.get(node) ?? operators.length;
  return [...failures].sort((a, b) => place(a) - place(b));
}

function countZeros(operators: readonly GraphOperator[]): SparseSubgraph {
  const pointwise = operators.filter(isPointwise);
  let [weights, zeros] = [0, 0];
  for (const { inputs } of pointwise)
    for (const value of (inputs[1] as GraphTensor).constant as Float32Array) {
      weights++;
      if (value === 0) zeros++;
    }
  return { operators, pointwise, weights, zeros };
}

function failuresOf(
  { operators, weights, zeros }: SparseSubgraph,
  members: Members,
  upstream: ReadonlySet<GraphOperator>,
  outputs: readonly GraphTensor[],
): SparseFailure[] {
  const failures = operators.flatMap((operator) => resultFailures(operator, members, upstream, outputs));
  if (3 * zeros <= 2 * weights) {
    const share = (zeros / weights).toFixed(3);
    failures.push(ofNetwork("SPARSE_TOO_FEW_ZEROS", `${zeros} of ${weights} are zero: ${share}`));
  }
  return failures;
}

/** What is read comes from the subgraph; the operator that starts it may read anything. */
function operandFailures(operator: GraphOperator, members: Members): SparseFailure[] {
  if (members.judged(operator).role === "start") return [];
  return members.reads(operator).flatMap((tensor): SparseFailure[] => {
    const name = JSON.stringify(tensor.name);
    const producer = members.producer(tensor);
    if (producer === null) return [failure(operator, "SPARSE_NO_START", `it reads the input ${name}`)];
    if (members.judged(producer).role !== "end") return [];
    return [failure(operator, "SPARSE_NO_START", `it reads ${name}, where another subgraph ends`)];
  });
}

/** What is given is read inside alone, or, behind an end, outside alone. */
function resultFailures(
  operator: GraphOperator,
  members: Members,
  upstream: ReadonlySet<GraphOperator>,
  outputs: readonly GraphTensor[],
): SparseFailure[] {
  const { role } = members.judged(operator);
  if (role === "end") return [];
  const [result] = operator.outputs as [GraphTensor];
  const readers = members.readers(result);
  const within = readers.filter((reader) => members.joins(operator, reader));
  // One that stands in the way is named itself.
  const outside = readers.filter(
    (reader) => !within.includes(reader) && !isInTheWay(reader, members, upstream),
  );
  const isOutput = outputs.includes(result);
  if (outside.length === 0 && !isOutput) return [];
  const by = isOutput ? "it is an output" : `${outside[0]?.builtin} reads it`;
  if (within.length > 0) return [failure(operator, "SPARSE_READ_OUTSIDE", by)];
  // One row and one column lie the same either way.
  const isLone = result.shape[1] === 1 && result.shape[2] === 1;
  return role === "mean" || isLone ? [] : [failure(operator, "SPARSE_NO_END", by)];
}

function isInTheWay(reader: GraphOperator, members: Members, upstream: ReadonlySet<GraphOperator>): boolean {
  return upstream.has(reader) && !members.has(reader);
}

function ofNetwork(code: SparseCondition, reason: string): SparseFailure {
  return { node: "", opType: "", code, reason, unblock: SPARSE_CONDITIONS[code].unblock };
}
