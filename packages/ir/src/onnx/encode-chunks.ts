// Encodes a protobuf message to a list of chunks without copying its large byte fields: around every large payload
// the bytes of the messages are encoded by protobuf-es, the payload itself becomes a chunk as it is. Works from the
// descriptors, so it knows nothing of ONNX.

import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { toBinary } from "@bufbuild/protobuf";

/** Payloads from this size on are chunks of their own; below, one copy is cheaper. */
const LARGE_BYTES = 1024;
const PAGE_BYTES = 1 << 16;
const LENGTH_DELIMITED = 2;

type Fields = Record<string, unknown>;

/** A message to be written: its small fields encoded, then parts that hold something large. */
interface Part {
  readonly head: Uint8Array;
  readonly children: readonly Child[];
  readonly byteLength: number;
}

interface Child {
  readonly header: Uint8Array;
  readonly content: Part | Uint8Array;
}

/** The encoded message in order; chunks may be views of what the message holds. Deterministic. */
export function encodeChunks(schema: DescMessage, message: Message): Uint8Array[] {
  const pages = new Pages();
  emit(plan(schema, message), pages);
  return pages.finish();
}

function plan(schema: DescMessage, message: Message): Part {
  const large = schema.fields.filter((field) =>
    isLarge(field, (message as unknown as Fields)[field.localName]),
  );
  if (large.length === 0) {
    const head = toBinary(schema, message);
    return { head, children: [], byteLength: head.byteLength };
  }
  const head = toBinary(schema, without(message, large));
  const children = large.flatMap((field) =>
    childrenOf(field, (message as unknown as Fields)[field.localName]),
  );
  const byteLength = children.reduce(
    (sum, c) => sum + c.header.byteLength + c.content.byteLength,
    head.byteLength,
  );
  return { head, children, byteLength };
}

/** All items of a field, also its small ones: their order must stay. */
function childrenOf(field: DescField, value: unknown): Child[] {
  return itemsOf(value).map((item) => {
    const content = item instanceof Uint8Array ? item : plan(messageOf(field), item as Message);
    return { header: headerOf(field.number, content.byteLength), content };
  });
}

function isLarge(field: DescField, value: unknown): boolean {
  if (field.oneof !== undefined || value === undefined) return false;
  if (field.message !== undefined) return itemsOf(value).some((item) => holdsLarge(field, item));
  return itemsOf(value).some((item) => item instanceof Uint8Array && item.byteLength >= LARGE_BYTES);
}

function holdsLarge(field: DescField, item: unknown): boolean {
  const schema = messageOf(field);
  return schema.fields.some((inner) => isLarge(inner, (item as Fields)[inner.localName]));
}

function messageOf(field: DescField): DescMessage {
  if (field.message === undefined) throw new Error(`${field.name} is not a message field`);
  return field.message;
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** A copy of a message, presence of fields included, without some of them. */
function without(message: Message, fields: readonly DescField[]): Message {
  const copy = Object.create(Object.getPrototypeOf(message)) as Fields;
  Object.assign(copy, message);
  for (const field of fields) {
    if (field.fieldKind === "list") copy[field.localName] = [];
    else delete copy[field.localName];
  }
  return copy as unknown as Message;
}

function headerOf(fieldNumber: number, byteLength: number): Uint8Array {
  const bytes: number[] = [];
  pushVarint(bytes, fieldNumber * 8 + LENGTH_DELIMITED);
  pushVarint(bytes, byteLength);
  return Uint8Array.from(bytes);
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
}

function emit(part: Part, pages: Pages): void {
  pages.push(part.head);
  for (const { header, content } of part.children) {
    pages.push(header);
    if (content instanceof Uint8Array) pages.push(content);
    else emit(content, pages);
  }
}

/** Gathers small pieces into pages, so that a file of many small tensors is not many small chunks. */
class Pages {
  readonly #chunks: Uint8Array[] = [];
  #page = new Uint8Array(PAGE_BYTES);
  #used = 0;

  push(bytes: Uint8Array): void {
    if (bytes.byteLength >= LARGE_BYTES) {
      this.#flush();
      this.#chunks.push(bytes);
      return;
    }
    if (this.#used + bytes.byteLength > this.#page.byteLength) this.#flush();
    this.#page.set(bytes, this.#used);
    this.#used += bytes.byteLength;
  }

  finish(): Uint8Array[] {
    this.#flush();
    return this.#chunks;
  }

  /** The chunk is a view of the page; the rest of the page is used on. */
  #flush(): void {
    if (this.#used > 0) this.#chunks.push(this.#page.subarray(0, this.#used));
    this.#page = this.#page.subarray(this.#used);
    this.#used = 0;
    if (this.#page.byteLength < LARGE_BYTES) this.#page = new Uint8Array(PAGE_BYTES);
  }
}
