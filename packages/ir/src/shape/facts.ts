// What is known of a model's values without running it: the result of shape inference. Kept apart from
// the graph, so that one model can be looked at with and without its symbolic dimensions bound.

import type { DataTypeCode } from "../data-type.js";
import type { Dim } from "../dim.js";
import type { Value } from "../graph/value.js";
import type { Tensor } from "../tensor.js";

/** Facts about the values of one model. */
export interface Facts {
  dataType(value: Value): DataTypeCode | null;
  /** Dimensions, numbers or symbolic; null when not even the rank is known. */
  shape(value: Value): readonly Dim[] | null;
  /** The tensor a value always holds: an initialiser (also an overridable one) or a Constant node's. */
  constant(value: Value): Tensor | null;
  /**
   * Elements of a small tensor as far as they are known: of constants, and of the shape arithmetic that
   * exporters leave (Shape → Gather → Concat ...), where some elements are symbolic dimensions.
   */
  contents(value: Value): readonly Dim[] | null;
  /** Version of the operator set of a domain. */
  opset(domain: string): number;
}

/** Type of one output as inference found it. */
export interface TypeFact {
  readonly dataType: DataTypeCode | null;
  readonly shape: readonly Dim[] | null;
  /** Elements, for small integer (or float) tensors whose values follow from shapes and constants. */
  readonly contents?: readonly Dim[] | null;
  /** The tensor that this output always holds. */
  readonly constant?: Tensor | null;
}
