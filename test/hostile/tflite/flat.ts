// FlatBuffers by hand, front to back, so that files can be made that no builder makes: fields that no schema has, types
// without values, several offsets to one table. Shares no code with the reader or the writer.

/** A number inside a table, little-endian, aligned to its own size. */
export interface Scalar {
  readonly scalar: Uint8Array;
}
/** Slot → what stands there. */
export type Fields = Readonly<Record<number, Scalar | Node | undefined>>;
/** What an offset points to. The same object given twice is written once. */
export type Node =
  | { readonly table: Fields }
  | { readonly vector: readonly Node[] }
  | { readonly raw: Uint8Array; readonly align: number };

export const i8 = (value: number): Scalar => ({ scalar: Uint8Array.of(value) });
export const i32 = (value: number): Scalar => ({ scalar: new Uint8Array(Int32Array.of(value).buffer) });
export const u64 = (value: number): Scalar => ({
  scalar: new Uint8Array(BigUint64Array.of(BigInt(value)).buffer),
});
export const table = (fields: Fields = {}): Node => ({ table: fields });
export const vector = (...nodes: readonly Node[]): Node => ({ vector: nodes });

/** `count` elements in `bytes`, behind their number; a length that is not theirs can be claimed. */
export function rawVector(bytes: Uint8Array, count: number, align = 4): Node {
  const raw = new Uint8Array(4 + bytes.byteLength);
  new DataView(raw.buffer).setUint32(0, count, true);
  raw.set(bytes, 4);
  return { raw, align };
}
export const ints = (...values: readonly number[]): Node =>
  rawVector(new Uint8Array(Int32Array.from(values).buffer), values.length);
export const text = (value: string): Node => {
  const bytes = new TextEncoder().encode(`${value}\0`);
  return rawVector(bytes, bytes.byteLength - 1);
};

/** The file with this root. */
export function flatFile(root: Node, identifier = "TFL3"): Uint8Array {
  const out: number[] = [0, 0, 0, 0, ...new TextEncoder().encode(identifier)];
  const placed = new Map<Node, number>();
  // Grows while it is walked.
  const pending: [at: number, node: Node][] = [[0, root]];
  for (const [at, node] of pending) {
    let target = placed.get(node);
    if (target === undefined) {
      target = place(out, node, pending);
      placed.set(node, target);
    }
    set32(out, at, target - at);
  }
  return Uint8Array.from(out);
}

/** Appends a node and says where; what it points to is left pending. */
function place(out: number[], node: Node, pending: [number, Node][]): number {
  if ("raw" in node) {
    while ((out.length + 4) % Math.max(node.align, 4) !== 0) out.push(0);
    const at = out.length;
    for (const byte of node.raw) out.push(byte);
    return at;
  }
  while (out.length % 8 !== 0) out.push(0);
  if ("vector" in node) {
    const at = out.length;
    out.push(0, 0, 0, 0);
    set32(out, at, node.vector.length);
    for (const child of node.vector) {
      pending.push([out.length, child]);
      out.push(0, 0, 0, 0);
    }
    return at;
  }
  return placeTable(out, node.table, pending);
}

function placeTable(out: number[], fields: Fields, pending: [number, Node][]): number {
  const slots = Math.max(-1, ...Object.keys(fields).map(Number)) + 1;
  const vtable = out.length;
  for (let i = 0; i < 4 + 2 * slots; i++) out.push(0);
  while (out.length % 8 !== 0) out.push(0);
  const at = out.length;
  out.push(0, 0, 0, 0);
  set32(out, at, at - vtable);
  for (const [slot, field] of Object.entries(fields)) {
    if (field === undefined) continue;
    const size = "scalar" in field ? field.scalar.byteLength : 4;
    while (out.length % size !== 0) out.push(0);
    set16(out, vtable + 4 + 2 * Number(slot), out.length - at);
    if ("scalar" in field) out.push(...field.scalar);
    else {
      pending.push([out.length, field]);
      out.push(0, 0, 0, 0);
    }
  }
  set16(out, vtable, 4 + 2 * slots);
  set16(out, vtable + 2, out.length - at);
  return at;
}

function set16(out: number[], at: number, value: number): void {
  out[at] = value & 0xff;
  out[at + 1] = (value >> 8) & 0xff;
}

function set32(out: number[], at: number, value: number): void {
  set16(out, at, value & 0xffff);
  set16(out, at + 2, value >>> 16);
}
