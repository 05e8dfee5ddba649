// An input or output of the served model, as the server checks and shows it.

import type { Session } from "@espalier/core";
import { elementTypeOfCode } from "@espalier/core/engine";
import { EspalierError, quoteName } from "@espalier/ir";

/** Plain data, so that it passes between threads. */
export interface Port {
  readonly name: string;
  readonly dataType: number;
  /** "float32" */
  readonly type: string;
  /** Texts are free dimensions. */
  readonly shape: readonly (number | string)[];
}

/** @throws EspalierError `UNSUPPORTED` for sequences, maps and element types without a place in JavaScript */
export function portOf(port: Session["inputs"][number]): Port {
  const type = elementTypeOfCode(port.dataType);
  if (type === undefined) {
    throw new EspalierError(
      "UNSUPPORTED",
      "The model cannot be served: an input or output is no plain tensor",
      {
        value: quoteName(port.name),
        unblock: "Convert it inside the model, for example with Cast or SequenceAt.",
      },
    );
  }
  return { name: port.name, dataType: port.dataType, type: type.name, shape: port.shape };
}

/** Elements of one item, when only the first dimension may be free; null otherwise. */
export function itemElements({ shape }: Port): number | null {
  const rest = typeof shape[0] === "string" ? shape.slice(1) : shape;
  return rest.every((dim) => typeof dim === "number")
    ? (rest as number[]).reduce((product, dim) => product * dim, 1)
    : null;
}
