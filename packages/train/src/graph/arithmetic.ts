// The operators that gradients, losses and optimisers are written in, as one opset (17) spells them. Only what the
// runtime has on every engine; nothing here knows of gradients.

import {
  type Attribute,
  DataType,
  type DataTypeCode,
  floatAttribute,
  type Graph,
  GraphBuilder,
  int64Tensor,
  intAttribute,
  intsAttribute,
  rawTensor,
  stringAttribute,
  type Value,
} from "@espalier/ir";

/** Start and end of a slice along one axis, both counted from the front; the end lies outside. */
export interface SliceAlong {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step?: number;
}

export interface GemmOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly alpha?: number;
}

export class Arithmetic {
  readonly builder: GraphBuilder;
  readonly #floats = new Map<string, Value>();
  readonly #integers = new Map<string, Value>();

  constructor(graph: Graph) {
    this.builder = new GraphBuilder(graph);
  }

  op(
    opType: string,
    inputs: readonly (Value | null)[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    return this.builder.op(opType, inputs, { name: `grad/${opType.toLowerCase()}`, attributes });
  }

  /** A float constant, one node for each value. */
  scalar(value: number): Value {
    return this.floats([], [value]);
  }

  floats(dims: readonly number[], values: readonly number[]): Value {
    return remembered(this.#floats, `${dims}:${values}`, () =>
      this.builder.weight(
        "grad/constant",
        rawTensor(DataType.FLOAT, dims, new Uint8Array(Float32Array.from(values).buffer), "constant"),
      ),
    );
  }

  /** An int64 vector constant. */
  ints(values: readonly number[]): Value {
    return remembered(this.#integers, `${values}`, () => this.builder.ints("grad/integers", values));
  }

  /** An int64 constant without axes. */
  int(value: number): Value {
    return remembered(this.#integers, `scalar ${value}`, () =>
      this.builder.weight("grad/integer", int64Tensor([], [value])),
    );
  }

  add(a: Value, b: Value): Value {
    return this.op("Add", [a, b]);
  }

  /** Sum of one or more values of one shape. */
  total(values: readonly Value[]): Value {
    const [first, second] = values as [Value, Value | undefined];
    if (second === undefined) return first;
    return values.length === 2 ? this.add(first, second) : this.op("Sum", values);
  }

  subtract(a: Value, b: Value): Value {
    return this.op("Sub", [a, b]);
  }

  multiply(a: Value, b: Value): Value {
    return this.op("Mul", [a, b]);
  }

  divide(a: Value, b: Value): Value {
    return this.op("Div", [a, b]);
  }

  scale(x: Value, factor: number): Value {
    return factor === 1 ? x : this.multiply(x, this.scalar(factor));
  }

  negate(x: Value): Value {
    return this.op("Neg", [x]);
  }

  where(condition: Value, whenTrue: Value, whenFalse: Value): Value {
    return this.op("Where", [condition, whenTrue, whenFalse]);
  }

  /** `x` where the condition holds, else 0: also where `x` is not finite. */
  keep(condition: Value, x: Value): Value {
    return this.where(condition, x, this.scalar(0));
  }

  greater(a: Value, b: Value): Value {
    return this.op("Greater", [a, b]);
  }

  /** Which elements are equal, as 0 and 1. */
  equalAsFloat(a: Value, b: Value): Value {
    return this.cast(this.op("Equal", [a, b]), DataType.FLOAT);
  }

  square(x: Value): Value {
    return this.multiply(x, x);
  }

  exp(x: Value): Value {
    return this.op("Exp", [x]);
  }

  sqrt(x: Value): Value {
    return this.op("Sqrt", [x]);
  }

  reciprocal(x: Value): Value {
    return this.op("Reciprocal", [x]);
  }

  sigmoid(x: Value): Value {
    return this.op("Sigmoid", [x]);
  }

  tanh(x: Value): Value {
    return this.op("Tanh", [x]);
  }

  matMul(a: Value, b: Value): Value {
    return this.op("MatMul", [a, b]);
  }

  /** α·a·b of two matrices, each possibly transposed. */
  gemm(a: Value, b: Value, { transA = false, transB = false, alpha = 1 }: GemmOptions): Value {
    return this.op("Gemm", [a, b], {
      transA: intAttribute(transA ? 1 : 0),
      transB: intAttribute(transB ? 1 : 0),
      alpha: floatAttribute(alpha),
    });
  }

  /** x itself for no axes: ReduceSum would take all. */
  sum(x: Value, axes: readonly number[], keepDims = false): Value {
    if (axes.length === 0) return x;
    return this.op("ReduceSum", [x, this.ints(axes)], { keepdims: intAttribute(keepDims ? 1 : 0) });
  }

  /** Sum of all elements, [] . */
  sumAll(x: Value): Value {
    return this.op("ReduceSum", [x], { keepdims: intAttribute(0) });
  }

  reshape(x: Value, dims: readonly number[]): Value {
    return this.op("Reshape", [x, this.ints(dims)]);
  }

  expand(x: Value, dims: readonly number[]): Value {
    return this.op("Expand", [x, this.ints(dims)]);
  }

  transpose(x: Value, perm: readonly number[]): Value {
    return perm.every((axis, i) => axis === i) ? x : this.op("Transpose", [x], { perm: intsAttribute(perm) });
  }

  slice(x: Value, ranges: readonly SliceAlong[]): Value {
    if (ranges.length === 0) return x;
    const column = (of: (range: SliceAlong) => number): Value => this.ints(ranges.map(of));
    return this.op("Slice", [
      x,
      column(({ start }) => start),
      column(({ end }) => end),
      column(({ axis }) => axis),
      column(({ step = 1 }) => step),
    ]);
  }

  /** Pads with zeros; a negative amount crops. */
  pad(x: Value, begin: readonly number[], end: readonly number[]): Value {
    return [...begin, ...end].every((amount) => amount === 0)
      ? x
      : this.op("Pad", [x, this.ints([...begin, ...end])]);
  }

  concat(values: readonly Value[], axis: number): Value {
    return values.length === 1
      ? (values[0] as Value)
      : this.op("Concat", values, { axis: intAttribute(axis) });
  }

  cast(x: Value, to: DataTypeCode): Value {
    return this.op("Cast", [x], { to: intAttribute(to) });
  }

  /**
   * Zeros of `dims` to which each update is added at its index along an axis; indices and updates have one shape. One
   * update after the other, so that the sum is the same on any number of threads (ScatterND adds in parallel).
   */
  scatterAdd(dims: readonly number[], indices: Value, updates: Value, axis: number): Value {
    return this.op("ScatterElements", [this.zeros(dims), indices, updates], {
      axis: intAttribute(axis),
      reduction: stringAttribute("add"),
    });
  }

  zeros(dims: readonly number[]): Value {
    return this.expand(this.scalar(0), dims);
  }
}

function remembered(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
