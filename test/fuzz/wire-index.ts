// Where the fields of an ONNX file lie. Tolerant: what does not parse is a leaf, so that mutated files can be
// mutated again. Knows which fields are messages from a table of its own, not from the reader's.

/** Message → field number → message it holds. */
const CHILDREN: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  Model: { 7: "Graph", 8: "Opset", 14: "Entry", 20: "Training", 25: "Function" },
  Graph: {
    1: "Node",
    5: "Tensor",
    11: "Info",
    12: "Info",
    13: "Info",
    14: "Annotation",
    15: "Sparse",
    16: "Entry",
  },
  Node: { 5: "Attribute", 9: "Entry" },
  Attribute: {
    5: "Tensor",
    6: "Graph",
    10: "Tensor",
    11: "Graph",
    14: "Type",
    15: "Type",
    22: "Sparse",
    23: "Sparse",
  },
  Info: { 2: "Type", 4: "Entry" },
  Tensor: { 3: "Segment", 13: "Entry", 16: "Entry" },
  Sparse: { 1: "Tensor", 2: "Tensor" },
  Type: { 1: "TensorType", 4: "Wrapped", 5: "Map", 8: "TensorType", 9: "Wrapped" },
  TensorType: { 2: "Shape" },
  Wrapped: { 1: "Type" },
  Map: { 2: "Type" },
  Shape: { 1: "Dim" },
  Function: { 7: "Node", 9: "Opset", 11: "Attribute", 12: "Info", 14: "Entry" },
  Training: { 1: "Graph", 2: "Graph", 3: "Entry", 4: "Entry" },
  Annotation: { 2: "Entry" },
};

/** One field: `tag` at `start`, its length (when it has one) at `lengthAt`, its content from `content` to `end`. */
export interface FieldSpan {
  readonly start: number;
  readonly lengthAt: number;
  readonly content: number;
  readonly end: number;
  readonly number: number;
  readonly wire: number;
  /** Message that the field belongs to. */
  readonly owner: string;
  /** Message that the field holds; undefined for numbers, text and bytes. */
  readonly message: string | undefined;
  readonly parent: FieldSpan | null;
}

const MOST_FIELDS = 20_000;
const DEEPEST = 64;

/** All fields of the file in order of their start. */
export function indexFields(bytes: Uint8Array): FieldSpan[] {
  const fields: FieldSpan[] = [];
  walk(bytes, 0, bytes.byteLength, "Model", null, 0, fields);
  return fields;
}

function walk(
  bytes: Uint8Array,
  begin: number,
  end: number,
  owner: string,
  parent: FieldSpan | null,
  depth: number,
  fields: FieldSpan[],
): void {
  let pos = begin;
  while (pos < end && fields.length < MOST_FIELDS) {
    const start = pos;
    const [tag, afterTag] = readVarint(bytes, pos, end);
    if (afterTag < 0) return;
    const wire = tag % 8;
    const number = Math.floor(tag / 8);
    let content = afterTag;
    if (wire === 2) {
      const [length, afterLength] = readVarint(bytes, afterTag, end);
      if (afterLength < 0 || length > end - afterLength) return;
      content = afterLength;
      pos = afterLength + length;
    } else if (wire === 0) {
      pos = readVarint(bytes, afterTag, end)[1];
      if (pos < 0) return;
    } else if (wire === 1 || wire === 5) pos = afterTag + (wire === 1 ? 8 : 4);
    else return;
    if (pos > end) return;
    const message = wire === 2 ? CHILDREN[owner]?.[number] : undefined;
    const span = { start, lengthAt: afterTag, content, end: pos, number, wire, owner, message, parent };
    fields.push(span);
    if (message !== undefined && depth < DEEPEST) walk(bytes, content, pos, message, span, depth + 1, fields);
  }
}

function readVarint(bytes: Uint8Array, begin: number, end: number): [value: number, next: number] {
  let value = 0;
  let scale = 1;
  for (let pos = begin; pos < end && pos < begin + 10; pos++) {
    const byte = bytes[pos] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, pos + 1];
    scale *= 0x80;
  }
  return [0, -1];
}
