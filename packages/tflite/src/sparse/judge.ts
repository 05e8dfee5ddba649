// What one operator can be in a sparse subgraph, or which conditions keep it out. One entry for each of TFLite's operators.

import type { GraphTensor } from "../graph/graph-tensor.js";
import type { GraphOperator, GraphUses } from "../graph/tflite-graph.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";
import { SPARSE_CONDITIONS, type SparseCondition, type SparseFailure } from "./conditions.js";
import { judgeConvolution, judgeDepthwise } from "./judge-windows.js";

/** "mean" ends a subgraph or lies inside of one. */
export type SparseRole = "start" | "inside" | "mean" | "end";

export interface Judged {
  readonly role: SparseRole;
  /** Empty where the operator can be part of a sparse subgraph. */
  readonly failures: readonly SparseFailure[];
}

/** A condition that does not hold, and what was found instead. */
export type Finding = readonly [code: SparseCondition, found: string];

export interface Findings {
  readonly role: SparseRole;
  readonly findings: readonly Finding[];
}

export type Judge = (operator: GraphOperator, uses: GraphUses) => Findings;

export function judge(operator: GraphOperator, uses: GraphUses): Judged {
  const { role, findings } = (JUDGES[operator.builtin] ?? stranger)(operator, uses);
  const all = [...ofPrecision(operator), ...findings, ...ofActivation(operator)];
  return { role, failures: all.map(([code, reason]) => failure(operator, code, reason)) };
}

export function failure(
  { builtin, outputs: [y] }: GraphOperator,
  code: SparseCondition,
  reason: string,
): SparseFailure {
  const { unblock } = SPARSE_CONDITIONS[code];
  return { node: y?.name ?? "", opType: builtin, code, reason, unblock };
}

const JUDGES: Partial<Record<BuiltinOperator, Judge>> = {
  CONV_2D: judgeConvolution,
  DEPTHWISE_CONV_2D: judgeDepthwise,
  MEAN: (operator) => ({ role: "mean", findings: ofMean(operator) }),
  DEPTH_TO_SPACE: () => ({ role: "end", findings: [] }),
  ADD: (operator) => ({ role: "inside", findings: ofOperands(operator) }),
  MUL: (operator) => ({ role: "inside", findings: ofOperands(operator) }),
  RESIZE_BILINEAR: (operator) => ({ role: "inside", findings: ofResize(operator) }),
  ...Object.fromEntries(
    (
      [
        ...([
          "ABS",
          "CEIL",
          "ELU",
          "FLOOR",
          "HARD_SWISH",
          "LEAKY_RELU",
          "LOGISTIC",
          "NEG",
          "RELU",
          "RELU6",
        ] as const),
        ...(["RELU_N1_TO_1", "ROUND", "SQUARE"] as const),
      ] satisfies BuiltinOperator[]
    ).map((builtin) => [builtin, inside]),
  ),
};

function stranger({ builtin }: GraphOperator): Findings {
  return { role: "inside", findings: [["SPARSE_OPERATOR", `${builtin} has no such form`]] };
}

function inside({ inputs: [x] }: GraphOperator): Findings {
  const rank = x?.shape.length ?? 0;
  return {
    role: "inside",
    findings: rank === 4 ? [] : [["SPARSE_OPERATOR", `it reads ${rank} axes, not 4`]],
  };
}

function ofPrecision({ builtin, inputs, outputs }: GraphOperator): Finding[] {
  // Places and amounts are integers everywhere.
  const floats = JUDGES[builtin] === undefined ? [] : [inputs[0], ...outputs];
  const other = floats.find((tensor) => tensor && tensor.type !== "FLOAT32");
  return other ? [["SPARSE_PRECISION", `${JSON.stringify(other.name)} is ${other.type}`]] : [];
}

const FUSED: ReadonlySet<string> = new Set(["NONE", "RELU", "RELU6", "RELU_N1_TO_1"]);

function ofActivation({ options }: GraphOperator): Finding[] {
  const fused = options !== null && "fusedActivation" in options ? options.fusedActivation : "NONE";
  return FUSED.has(fused) ? [] : [["SPARSE_ACTIVATION", `its activation is ${fused}`]];
}

function ofMean({ inputs: [x, axes], options }: GraphOperator): Finding[] {
  const rank = x?.shape.length ?? 0;
  const places = [...(axes?.constant ?? [])]
    .map((axis: number) => (axis < 0 ? axis + rank : axis))
    .sort((a, b) => a - b);
  const keeps = options?.type === "ReducerOptions" && options.keepDims;
  if (rank === 4 && places.join() === "1,2" && keeps) return [];
  return [["SPARSE_MEAN_AXES", `it runs over axes [${places}] of ${rank}${keeps ? "" : ", which go"}`]];
}

/**
 * XNNPACK also takes a constant with one axis, but only as the first operand: looking at the second it counts the axes of the
 * first (xnn_check_nchw_compatibility). So both have to be computed here.
 */
function ofOperands({ inputs }: GraphOperator): Finding[] {
  return inputs.flatMap((input): Finding[] => {
    const { name, constant, shape } = input as GraphTensor;
    if (constant !== null) return [["SPARSE_OPERAND", `${JSON.stringify(name)} is stored`]];
    if (shape.length === 4) return [];
    return [["SPARSE_OPERAND", `${JSON.stringify(name)} has ${shape.length} axes, not 4`]];
  });
}

function ofResize({ inputs: [x], outputs: [y] }: GraphOperator): Finding[] {
  const sizes = [x, y].flatMap((tensor) => tensor?.shape.slice(1, 3) ?? []);
  return sizes.every((size) => size > 1) ? [] : [["SPARSE_RESIZE", `its sizes are ${sizes.join(", ")}`]];
}
