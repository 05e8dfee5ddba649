// Random inputs that are legal: floats N(0, 1); integers that index a table stay inside it; scalars that
// are compared with constants take one of those. Everything seeded.

import {
  DataType,
  type DataTypeCode,
  EspalierError,
  type Facts,
  isEspalierError,
  isStaticShape,
  type Model,
  type Node,
  numberToFloat16,
  readIntegers,
  shapeText,
  type Value,
} from "@espalier/ir";
import type { HandlerRegistry } from "../ops/handler.js";
import { type Random, seededRandom } from "../random/random.js";
import type { Feeds, RuntimeTensor } from "../runtime.js";

/** Integers an input may hold. */
export type IntegerDomain = { readonly below: number } | { readonly oneOf: readonly number[] };

/**
 * `count` sets of inputs for the graph inputs of `model`, at the shapes `facts` knows.
 * @throws EspalierError `INVALID_OPTION` naming the input whose dimension is not bound; `UNSUPPORTED`
 */
export function randomInputs(
  model: Model,
  facts: Facts,
  handlers: HandlerRegistry,
  options: { seed: number; count: number },
): Feeds[] {
  const inputs = model.graph.inputs.filter(
    (input) => input.initializer === null && input.sparseInitializer === undefined,
  );
  const specs = inputs.map((input) => {
    const shape = facts.shape(input);
    const dataType = facts.dataType(input);
    if (dataType === null || shape === null || !isStaticShape(shape)) {
      throw new EspalierError("INVALID_OPTION", "An input's shape is not known, so no inputs can be drawn", {
        value: input.name,
        expected: "every dimension bound",
        found: shapeText(shape),
        unblock: "Bind it with --dim NAME=VALUE.",
      });
    }
    return { input, shape, dataType, domain: integerDomain(input, facts, handlers) };
  });
  return Array.from({ length: options.count }, (_, i) =>
    Object.fromEntries(
      specs.map(({ input, shape, dataType, domain }) => [
        input.name,
        randomTensor(dataType, shape, domain, seededRandom(options.seed, `${i}:${input.name}`)),
      ]),
    ),
  );
}

/** What the nodes an integer input reaches allow; follows it through copies, casts and shape changes. */
function integerDomain(input: Value, facts: Facts, handlers: HandlerRegistry): IntegerDomain | null {
  const seen = new Set<Value>([input]);
  let frontier = [input];
  let found: IntegerDomain | null = null;
  for (let depth = 0; depth < 8 && frontier.length > 0; depth++) {
    const next: Value[] = [];
    for (const value of frontier) {
      for (const node of value.consumers) {
        const domain = domainAt(node, value, facts, handlers);
        found = narrower(found, domain);
        for (const output of node.outputs) {
          if (output === null || seen.has(output) || !INTEGERS.has(facts.dataType(output) ?? -1)) continue;
          seen.add(output);
          next.push(output);
        }
      }
    }
    frontier = next;
  }
  return found;
}

/** What one node says of an operand; nothing when the node is malformed or unknown. */
function domainAt(node: Node, operand: Value, facts: Facts, handlers: HandlerRegistry): IntegerDomain | null {
  const handler = handlers.find(node);
  if (handler?.domain === undefined) return null;
  try {
    return handler.domain(handler.definition.view(node, facts), facts, operand);
  } catch (error) {
    if (isEspalierError(error)) return null;
    throw error;
  }
}

/** Ids that index a table may be any of its rows, whatever they are compared with (padding, most often). */
function narrower(a: IntegerDomain | null, b: IntegerDomain | null): IntegerDomain | null {
  if (a === null || b === null) return a ?? b;
  if ("oneOf" in a) return "oneOf" in b ? a : b;
  if ("oneOf" in b) return a;
  return a.below <= b.below ? a : b;
}

function randomTensor(
  dataType: DataTypeCode,
  dims: readonly number[],
  domain: IntegerDomain | null,
  random: Random,
): RuntimeTensor {
  const size = dims.reduce((product, dim) => product * dim, 1);
  const integer = (): number => {
    if (domain === null) return random.integer(0, 1);
    if ("oneOf" in domain) return domain.oneOf[random.integer(0, domain.oneOf.length - 1)] ?? 0;
    return random.integer(0, Math.max(0, domain.below - 1));
  };
  const make = MAKERS.get(dataType);
  if (make === undefined) {
    throw new EspalierError("UNSUPPORTED", "No random inputs for this element type", {
      found: String(dataType),
    });
  }
  return { dataType, dims, data: make(size, () => random.normal(), integer) };
}

type Maker = (
  size: number,
  normal: () => number,
  integer: () => number,
) => Exclude<RuntimeTensor["data"], readonly string[]>;

/** By `map`: `from` takes nearly twice as long. */
const MAKERS: ReadonlyMap<DataTypeCode, Maker> = new Map<DataTypeCode, Maker>([
  [DataType.FLOAT, (size, normal) => new Float32Array(size).map(normal)],
  [DataType.DOUBLE, (size, normal) => new Float64Array(size).map(normal)],
  [DataType.FLOAT16, (size, normal) => new Uint16Array(size).map(() => numberToFloat16(normal()))],
  [DataType.INT64, (size, _, integer) => new BigInt64Array(size).map(() => BigInt(integer()))],
  [DataType.INT32, (size, _, integer) => new Int32Array(size).map(integer)],
  [DataType.UINT8, (size, _, integer) => new Uint8Array(size).map(integer)],
  [DataType.INT8, (size, _, integer) => new Int8Array(size).map(integer)],
  [DataType.BOOL, (size, _, integer) => new Uint8Array(size).map(() => integer() & 1)],
]);

const INTEGERS: ReadonlySet<DataTypeCode> = new Set([
  DataType.INT64,
  DataType.INT32,
  DataType.INT16,
  DataType.INT8,
  DataType.UINT8,
  DataType.UINT16,
  DataType.UINT32,
  DataType.UINT64,
]);

/** Helper for handlers: the constants a scalar is compared with. */
export function comparedWith(facts: Facts, other: Value): IntegerDomain | null {
  const tensor = facts.constant(other);
  if (tensor === null || !INTEGERS.has(tensor.dataType) || tensor.size > 64) return null;
  return { oneOf: readIntegers(tensor) };
}
