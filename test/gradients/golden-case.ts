// The reference gradients of golden/cases.jsonl (made by make_golden.py), and the graphs that they are of.

import { readFileSync } from "node:fs";
import {
  type Attribute,
  boolTensor,
  DataType,
  floatAttribute,
  floatsAttribute,
  floatTensor,
  GraphBuilder,
  int64Tensor,
  intAttribute,
  intsAttribute,
  type Model,
  Node,
  stringAttribute,
  Value,
} from "@espalier/ir";

type Encoded = readonly ["f" | "i" | "b", readonly number[], string];
type EncodedAttribute = readonly ["int" | "float" | "string" | "ints" | "floats", unknown];

export interface GoldenCase {
  readonly name: string;
  readonly opset: number;
  readonly nodes: readonly {
    readonly op: string;
    readonly domain?: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly attributes: Readonly<Record<string, EncodedAttribute>>;
  }[];
  readonly inputs: Readonly<Record<string, Encoded>>;
  /** Inputs that are initialisers. */
  readonly stored: readonly string[];
  /** What the loss is made of. */
  readonly outputs: Readonly<Record<string, Encoded>>;
  readonly gradients: Readonly<Record<string, Encoded>>;
}

export function readGoldenCases(): GoldenCase[] {
  const lines = readFileSync(new URL("golden/cases.jsonl", import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as GoldenCase);
}

export interface BuiltCase {
  readonly model: Model;
  readonly values: ReadonlyMap<string, Value>;
}

/** The graph of a case, its outputs in the order of the case. */
export function buildCase(golden: GoldenCase): BuiltCase {
  const builder = new GraphBuilder();
  const { graph } = builder;
  const values = new Map<string, Value>();
  const stored = new Set(golden.stored);
  for (const [name, encoded] of Object.entries(golden.inputs))
    values.set(
      name,
      stored.has(name)
        ? builder.weight(name, tensorOf(encoded))
        : builder.input(name, encoded[1], DATA_TYPES[encoded[0]]),
    );
  for (const { op, domain, inputs, outputs, attributes } of golden.nodes) {
    const made = outputs.map((name) => {
      const value = new Value(name);
      values.set(name, value);
      return value;
    });
    const node = new Node({
      ...{ opType: op, name: `${op}_${outputs[0]}`, domain: domain ?? "", outputs: made },
      inputs: inputs.map((name) => (name === "" ? null : (values.get(name) as Value))),
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, encoded]) => [name, attributeOf(encoded)]),
      ),
    });
    graph.add(node);
  }
  for (const name of Object.keys(golden.outputs)) builder.output(values.get(name) as Value);
  const model = builder.model(golden.opset);
  if (golden.nodes.some(({ domain }) => domain !== undefined)) model.opsets.set("com.microsoft", 1);
  return { model, values };
}

const DATA_TYPES = { f: DataType.FLOAT, i: DataType.INT64, b: DataType.BOOL } as const;

function tensorOf(encoded: Encoded): ReturnType<typeof floatTensor> {
  const [kind, dims] = encoded;
  const numbers = numbersOf(encoded);
  if (kind === "f") return floatTensor(dims, numbers);
  if (kind === "i") return int64Tensor(dims, numbers);
  return boolTensor(dims, numbers.map(Boolean));
}

/** The elements of an encoded tensor. */
export function numbersOf([kind, , text]: Encoded): number[] {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  if (kind === "b") return [...bytes];
  return kind === "f"
    ? [...new Float32Array(bytes.buffer)]
    : [...new BigInt64Array(bytes.buffer)].map(Number);
}

function attributeOf([kind, value]: EncodedAttribute): Attribute {
  switch (kind) {
    case "int":
      return intAttribute(value as number);
    case "float":
      return floatAttribute(value as number);
    case "string":
      return stringAttribute(value as string);
    case "ints":
      return intsAttribute(value as number[]);
    case "floats":
      return floatsAttribute(value as number[]);
  }
}
