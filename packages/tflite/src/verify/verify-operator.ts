// One operator: its indices, and options of the type that its kind takes. A runtime that meets options of another type
// goes on without any, so that a convolution gets strides of 0.

import { enforceLimit, type Limits } from "@espalier/ir";
import { refusal } from "../location.js";
import type { Operator, OperatorCode } from "../model.js";
import { builtinOperator } from "../schema/builtin-operator.js";
import { verifyIndex, verifyIndices } from "./verify-index.js";

export function verifyOperator(
  operator: Operator,
  codes: readonly OperatorCode[],
  tensors: number,
  limits: Limits,
  where: string,
): void {
  const { opcodeIndex, inputs, outputs, intermediates, mutatingVariableInputs, builtinOptions } = operator;
  verifyIndex(opcodeIndex, codes.length, "operator code", `${where}.opcodeIndex`);
  enforceLimit(limits, "inputsPerNode", inputs.length, `${where}.inputs`);
  verifyIndices(inputs, tensors, "tensor", `${where}.inputs`, -1);
  verifyIndices(outputs, tensors, "tensor", `${where}.outputs`);
  verifyIndices(intermediates, tensors, "tensor", `${where}.intermediates`);
  if (mutatingVariableInputs.length !== 0 && mutatingVariableInputs.length !== inputs.length)
    throw refusal(
      "INVALID_NODE",
      "The list of changed inputs is not as long as that of the inputs",
      `${where}.mutatingVariableInputs`,
      `${inputs.length} or none`,
      String(mutatingVariableInputs.length),
    );
  if (builtinOptions === null) return;
  const { builtinCode } = codes[opcodeIndex] as OperatorCode;
  const type = builtinOperator(builtinCode)?.options ?? null;
  if (builtinOptions.type !== type)
    throw refusal(
      "INVALID_NODE",
      `An operator ${builtinCode} has options of another type`,
      `${where}.builtinOptions`,
      type ?? "no options",
      builtinOptions.type,
    );
}
