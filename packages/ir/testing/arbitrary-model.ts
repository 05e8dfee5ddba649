// Random models for property tests: valid ones, with every kind of attribute, tensor, type and subgraph.

import fc from "fast-check";
import { DataType } from "../src/data-type.js";
import { symbol } from "../src/dim.js";
import type { Attribute, AttributeValue } from "../src/graph/attribute.js";
import { Graph } from "../src/graph/graph.js";
import { Model } from "../src/graph/model.js";
import { FreshNames } from "../src/graph/names.js";
import { Node } from "../src/graph/node.js";
import { Value, type ValueType } from "../src/graph/value.js";
import { decodeTyped, TYPED_FIELDS } from "../src/onnx/typed-data.js";
import { rawTensor, Tensor } from "../src/tensor.js";

const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }));
const metadata = fc.array(fc.tuple(text, text), { maxLength: 2 }).map((entries) => new Map(entries));
const bytes = fc.uint8Array({ maxLength: 12 });
const dims = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, d) => product * d, 1);

const rawTensors = fc
  .tuple(
    fc.constantFrom(DataType.FLOAT, DataType.INT64, DataType.BOOL, DataType.INT4),
    dims,
    fc.nat(255),
    fc.boolean(),
  )
  .map(([type, shape, fill, large]) => {
    const all = large ? [...shape, 700] : shape;
    const bits = { [DataType.FLOAT]: 32, [DataType.INT64]: 64, [DataType.BOOL]: 8, [DataType.INT4]: 4 }[type];
    return rawTensor(type, all, new Uint8Array(Math.ceil((sizeOf(all) * bits) / 8)).fill(fill));
  });

const typedTensors = fc.array(fc.nat(127), { minLength: 1, maxLength: 6 }).map((values) => {
  const field = TYPED_FIELDS[2];
  if (field === undefined) throw new Error("no field");
  const chunks = [Uint8Array.from(values)];
  const storage = {
    kind: "typed" as const,
    field: field.number,
    chunks,
    decode: () => decodeTyped(field, chunks, DataType.INT64),
  };
  return new Tensor({ dataType: DataType.INT64, dims: [values.length], storage, docString: "typed" });
});

const stringTensors = fc.array(bytes, { maxLength: 3 }).map((strings) => {
  return new Tensor({
    dataType: DataType.STRING,
    dims: [strings.length],
    storage: { kind: "strings", strings },
  });
});

const tensors = fc.oneof(rawTensors, typedTensors, stringTensors);

const types: fc.Arbitrary<ValueType | null> = fc.oneof(
  fc.constant(null),
  fc.record({
    kind: fc.constant("tensor" as const),
    dataType: fc.constantFrom(1, 7, 10, 99),
    shape: fc.option(fc.array(fc.oneof(fc.nat(9), fc.constantFrom("N", "T").map(symbol)), { maxLength: 4 })),
  }),
);

const plainValues: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.float().map((value) => ({ kind: "float" as const, value })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ kind: "int" as const, value })),
  bytes.map((value) => ({ kind: "string" as const, value })),
  tensors.map((value) => ({ kind: "tensor" as const, value })),
  fc.array(fc.float()).map((value) => ({ kind: "floats" as const, value })),
  fc
    .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
    .map((value) => ({ kind: "ints" as const, value })),
  fc.array(bytes).map((value) => ({ kind: "strings" as const, value })),
  fc.array(tensors, { maxLength: 2 }).map((value) => ({ kind: "tensors" as const, value })),
);

/** What one node is made of, before it is known what it can read. */
interface NodePlan {
  readonly opType: string;
  readonly domain: string;
  readonly name: string;
  readonly docString: string;
  readonly metadataProps: ReadonlyMap<string, string>;
  /** Each picks one of the values visible; null leaves the input out. */
  readonly inputs: readonly (number | null)[];
  readonly outputs: readonly (ValueType | null | "none")[];
  readonly attributes: readonly (readonly [string, AttributeValue])[];
  readonly subgraphs: readonly GraphPlan[];
}

interface GraphPlan {
  readonly name: string;
  readonly docString: string;
  readonly metadataProps: ReadonlyMap<string, string>;
  readonly inputs: readonly (ValueType | null)[];
  readonly initializers: readonly { readonly tensor: Tensor; readonly isInput: boolean }[];
  readonly nodes: readonly NodePlan[];
  readonly outputs: readonly number[];
}

const { graph: graphPlans } = fc.letrec<{ node: NodePlan; graph: GraphPlan }>((tie) => ({
  node: fc.record({
    opType: text.filter((s) => s !== ""),
    domain: fc.constantFrom("", "", "own"),
    name: text,
    docString: text,
    metadataProps: metadata,
    inputs: fc.array(fc.option(fc.nat(), { freq: 5 }), { maxLength: 3 }),
    outputs: fc.array(fc.oneof(types, fc.constant("none" as const)), { minLength: 1, maxLength: 3 }),
    attributes: fc.uniqueArray(fc.tuple(text, plainValues), { selector: ([name]) => name, maxLength: 3 }),
    subgraphs: fc.oneof(
      { maxDepth: 2, depthIdentifier: "graph" },
      fc.constant([]),
      fc.array(tie("graph"), { maxLength: 2 }),
    ),
  }),
  graph: fc.record({
    name: text,
    docString: text,
    metadataProps: metadata,
    inputs: fc.array(types, { maxLength: 3 }),
    initializers: fc.array(fc.record({ tensor: tensors, isInput: fc.boolean() }), { maxLength: 3 }),
    nodes: fc.array(tie("node"), { maxLength: 4, depthIdentifier: "graph" }),
    outputs: fc.array(fc.nat(), { maxLength: 2 }),
  }),
})) as { graph: fc.Arbitrary<GraphPlan> };

/** Valid models. */
export const arbitraryModel: fc.Arbitrary<Model> = fc
  .record({
    graph: graphPlans,
    producerName: text,
    docString: text,
    modelVersion: fc.bigInt({ min: 0n, max: 9n }),
    metadata,
  })
  .map((plan) => {
    const names = new FreshNames(new Graph());
    const graph = build(plan.graph, [], names);
    const model = new Model({ graph, irVersion: 10, opsets: { "": 21, own: 3 } });
    model.producerName = plan.producerName;
    model.docString = plan.docString;
    model.modelVersion = plan.modelVersion;
    for (const [key, value] of plan.metadata) model.metadataProps.set(key, value);
    return model;
  });

function build(plan: GraphPlan, outer: readonly Value[], names: FreshNames): Graph {
  const graph = new Graph(plan.name);
  graph.docString = plan.docString;
  graph.metadataProps = plan.metadataProps;
  const own: Value[] = [];
  for (const type of plan.inputs) {
    const value = new Value(names.fresh("in"), type);
    graph.inputs.push(value);
    own.push(value);
  }
  for (const { tensor, isInput } of plan.initializers) {
    const name = names.fresh("weight");
    const value = graph.addInitializer(name, new Tensor({ ...tensor, name }));
    if (isInput) graph.inputs.push(value);
    own.push(value);
  }
  for (const node of plan.nodes) own.push(...add(node, graph, [...outer, ...own], names));
  for (const pick of plan.outputs) {
    const output = own[pick % Math.max(1, own.length)];
    if (output !== undefined) graph.outputs.push(output);
  }
  return graph;
}

function add(plan: NodePlan, graph: Graph, visible: readonly Value[], names: FreshNames): Value[] {
  const outputs = plan.outputs.map((type) => (type === "none" ? null : new Value(names.fresh("out"), type)));
  const subgraphs = plan.subgraphs.map((subgraph) => build(subgraph, visible, names));
  const attributes = new Map<string, Attribute>(plan.attributes.map(([name, value]) => [name, { value }]));
  if (subgraphs.length > 0)
    attributes.set("body", { value: { kind: "graphs", value: subgraphs }, docString: "d" });
  const inputs = plan.inputs.map((pick) => (pick === null ? null : (visible[pick % visible.length] ?? null)));
  const node = new Node({
    opType: plan.opType,
    domain: plan.domain,
    name: plan.name,
    inputs,
    outputs,
    attributes,
  });
  node.docString = plan.docString;
  node.metadataProps = plan.metadataProps;
  graph.add(node);
  return outputs.filter((output) => output !== null);
}
