// Where the fields of a good TFLite file lie, found by the same paths that errors name, so that single numbers can be
// put wrong. Trusts the file; has its own list of slots.

type Slots = Readonly<Record<string, readonly [slot: number, table?: string]>>;

const SLOTS: Readonly<Record<string, Slots>> = {
  Model: {
    version: [0],
    operatorCodes: [1, "OperatorCode"],
    subgraphs: [2, "SubGraph"],
    buffers: [4, "Buffer"],
    metadata: [6, "Metadata"],
    signatureDefs: [7, "SignatureDef"],
  },
  OperatorCode: { deprecatedBuiltinCode: [0], customCode: [1], version: [2], builtinCode: [3] },
  SubGraph: { tensors: [0, "Tensor"], inputs: [1], outputs: [2], operators: [3, "Operator"], name: [4] },
  Tensor: {
    shape: [0],
    type: [1],
    buffer: [2],
    name: [3],
    quantization: [4, "Quantization"],
    isVariable: [5],
    sparsity: [6, "Sparsity"],
    shapeSignature: [7],
    hasRank: [8],
  },
  Quantization: { min: [0], max: [1], scale: [2], zeroPoint: [3], quantizedDimension: [6] },
  Sparsity: { traversalOrder: [0], blockMap: [1], dimMetadata: [2, "Dimension"] },
  Dimension: {
    format: [0],
    denseSize: [1],
    segmentsType: [2],
    arraySegments: [3, "Values"],
    indicesType: [4],
    arrayIndices: [5, "Values"],
  },
  Values: { values: [0] },
  Operator: {
    opcodeIndex: [0],
    inputs: [1],
    outputs: [2],
    optionsType: [3],
    builtinOptions: [4, "Options"],
    customOptions: [5],
    mutatingVariableInputs: [7],
    intermediates: [8],
  },
  Options: { padding: [0], initSubgraphIndex: [0], strideW: [1] },
  Buffer: { data: [0] },
  Metadata: { name: [0], buffer: [1] },
  TensorMap: { name: [0], tensorIndex: [1] },
  SignatureDef: {
    inputs: [0, "TensorMap"],
    outputs: [1, "TensorMap"],
    signatureKey: [2],
    subgraphIndex: [4],
  },
};

export interface Place {
  /** Of the field or element itself. */
  readonly at: number;
  /** Of the entry in the vtable that says where the field is; of the last field for an element. */
  readonly entry: number;
  /** The table that the field belongs to, and its vtable. */
  readonly table: number;
  readonly vtable: number;
}

/**
 * `subgraphs[0].tensors[1].shape[2]`
 * @param elementBytes  of the vector at the end, where the path ends in an index
 */
export function locate(bytes: Uint8Array, path: string, elementBytes = 4): Place {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const follow = (at: number): number => at + view.getUint32(at, true);
  let table = follow(0);
  let type = "Model";
  let place: Place | null = null;
  const steps = [...path.matchAll(/(\w+)(?:\[(\d+)\])?/g)];
  for (const [i, [, name, index]] of steps.entries()) {
    if (place !== null) table = follow(place.at);
    const found = SLOTS[type]?.[name as string];
    if (found === undefined) throw new Error(`${path}: ${type} has no ${name}`);
    const vtable = table - view.getInt32(table, true);
    const entry = vtable + 4 + 2 * found[0];
    const offset = 4 + 2 * found[0] < view.getUint16(vtable, true) ? view.getUint16(entry, true) : 0;
    if (offset === 0) throw new Error(`${path}: ${name} is left out`);
    let at = table + offset;
    const size = i === steps.length - 1 ? elementBytes : 4;
    if (index !== undefined) at = follow(at) + 4 + size * Number(index);
    place = { at, entry, table, vtable };
    type = found[1] ?? "";
  }
  if (place === null) throw new Error("An empty path");
  return place;
}

/** Position of the vector, text or table that the field at a path points to. */
export function targetOf(bytes: Uint8Array, path: string): number {
  const { at } = locate(bytes, path);
  return at + new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}
