// GELU written out, x·(1 + erf(x/√2))/2 with its factors in any order, becomes the operator.

import type { GraphTensor } from "../graph/graph-tensor.js";
import {
  type GraphOperator,
  type GraphUses,
  replaceTensors,
  type TfliteGraph,
  usesOf,
} from "../graph/tflite-graph.js";
import { makeOptions } from "../make-options.js";

export function fuseGelus(graph: TfliteGraph): void {
  const uses = usesOf(graph);
  const replacements = new Map<GraphTensor, GraphTensor>();
  for (const [erf, argument] of graph.erfs) {
    const x = undivided(argument, uses);
    const sum = x === null ? null : plusOne(erf, uses);
    const last = x === null || sum === null ? null : productOf(sum, x, uses);
    if (x === null || last === null) continue;
    const [result] = last.outputs as [GraphTensor];
    const made: GraphTensor = { ...result };
    const options = makeOptions("GeluOptions", { approximate: false });
    const at = graph.operators.indexOf(last);
    graph.operators.splice(at, 1, { builtin: "GELU", inputs: [x], outputs: [made], options });
    replacements.set(result, made);
  }
  replaceTensors(graph, replacements);
}

/** x where a tensor is x/√2. */
function undivided(tensor: GraphTensor, uses: GraphUses): GraphTensor | null {
  const operator = uses.producer(tensor);
  const parts = operator === null ? null : tensorAndNumber(operator);
  if (operator === null || parts === null) return null;
  const factor =
    operator.builtin === "MUL" ? parts.number : operator.builtin === "DIV" ? 1 / parts.number : 0;
  return Math.abs(factor - Math.SQRT1_2) < 1e-6 ? parts.tensor : null;
}

function plusOne(tensor: GraphTensor, uses: GraphUses): GraphTensor | null {
  const next = uses.onlyConsumer(tensor);
  if (next?.builtin !== "ADD" || tensorAndNumber(next)?.number !== 1) return null;
  return next.outputs[0] as GraphTensor;
}

/** The last of the products that make `sum` times x times 1/2. */
function productOf(sum: GraphTensor, x: GraphTensor, uses: GraphUses): GraphOperator | null {
  let [value, halved, times] = [sum, false, false];
  for (let next = uses.onlyConsumer(value); next?.builtin === "MUL"; next = uses.onlyConsumer(value)) {
    const other = next.inputs[0] === value ? next.inputs[1] : next.inputs[0];
    const half = other?.constant?.length === 1 && other.constant[0] === 0.5;
    const source = other ? uses.producer(other) : null;
    const own = source?.builtin === "MUL" ? tensorAndNumber(source) : null;
    if (half && !halved) halved = true;
    else if (other === x && !times) times = true;
    else if (own?.tensor === x && own.number === 0.5 && !halved && !times) [halved, times] = [true, true];
    else return null;
    value = next.outputs[0] as GraphTensor;
    if (halved && times) return next;
  }
  return null;
}

/** The operands where one is a stored number. */
function tensorAndNumber({ inputs, builtin }: GraphOperator): { tensor: GraphTensor; number: number } | null {
  const [a, b] = inputs;
  const numberOf = (one: GraphTensor | null | undefined): number | null =>
    one?.constant?.length === 1 ? (one.constant[0] as number) : null;
  const right = numberOf(b);
  if (a && right !== null) return { tensor: a, number: right };
  const left = builtin === "DIV" ? null : numberOf(a);
  return b && left !== null ? { tensor: b, number: left } : null;
}
