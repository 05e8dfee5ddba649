// What a definition rewrites a node of an older opset with.

import type { DataTypeCode } from "../data-type.js";
import type { Attribute } from "../graph/attribute.js";
import type { Value } from "../graph/value.js";

export interface RaiseForm {
  /** The opset that the node is written in; every newer form up to 17 may be written. */
  readonly opset: number;
  /** The element type of a value, as far as it is known. */
  dataType(value: Value): DataTypeCode | null;
  /** A stored int64 vector; a number without axes for a number. */
  ints(values: readonly number[] | number): Value;
  /** A stored number without axes, of a float type. */
  float(value: number, dataType?: DataTypeCode | null): Value;
  /** Stored floats, a vector unless `dims` says otherwise. */
  floats(values: readonly number[], dims?: readonly number[]): Value;
  /** A further node in the same graph, with one output. */
  op(
    opType: string,
    inputs: readonly (Value | null)[],
    attributes?: Readonly<Record<string, Attribute>>,
  ): Value;
  /**
   * Lets whoever reads an output of the node read `replacement`, which takes its name; a node of which every output is
   * replaced or unread goes.
   */
  replace(output: Value, replacement: Value): void;
  /** @throws EspalierError `UNSUPPORTED_VERSION`: this form cannot be written in a newer opset */
  refuse(found: string): never;
}
