// Messages between parent and child as length-prefixed frames: 8 bytes (magic, header length), a JSON
// header, then the buffers whose lengths the header lists. Big arrays never pass through JSON. Every length
// is checked against a bound before memory is taken for it.

const MAGIC = 0x31505345; // "ESP1"
const PRELUDE_BYTES = 8;
const MAX_HEADER_BYTES = 16 * 1024 * 1024;
/** What the parent takes in one reply: the outputs of a model of unknown origin lie in its memory, too. */
export const MAX_REPLY_BYTES: number = 1024 ** 3;

export interface Frame {
  readonly header: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

/** The frame as chunks to write one after another; buffers are not copied. */
export function encodeFrame(frame: Frame): Uint8Array[] {
  const bufferBytes = frame.buffers.map((buffer) => buffer.byteLength);
  const header = new TextEncoder().encode(JSON.stringify({ ...frame.header, bufferBytes }));
  if (header.byteLength > MAX_HEADER_BYTES) throw new FrameError("a message header is too long");
  const prelude = new DataView(new ArrayBuffer(PRELUDE_BYTES));
  prelude.setUint32(0, MAGIC, true);
  prelude.setUint32(4, header.byteLength, true);
  return [new Uint8Array(prelude.buffer), header, ...frame.buffers];
}

/** The peer broke the protocol, or sent more than was agreed. */
export class FrameError extends Error {
  override readonly name: string = "FrameError";
}

/**
 * Decodes one frame after another. Ask how many bytes are wanted, fill them in, and get the frame when it
 * is complete: the same for a blocking reader (child) and a stream (parent).
 */
export class FrameDecoder {
  readonly #maxBytes: number;
  #stage: "prelude" | "header" | "buffers" = "prelude";
  #target: Uint8Array = new Uint8Array(PRELUDE_BYTES);
  #filled = 0;
  #header: Record<string, unknown> = {};
  #lengths: readonly number[] = [];
  #buffers: Uint8Array[] = [];

  /** @param maxBytes bound on the buffers of one frame, together */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The memory to fill next; empty only in front of {@link advance}`(0)`. */
  get wanted(): Uint8Array {
    return this.#target.subarray(this.#filled);
  }

  /** Says that the first `count` wanted bytes were filled in. */
  advance(count: number): Frame | null {
    this.#filled += count;
    while (this.#filled === this.#target.byteLength) {
      const frame = this.#next();
      if (frame !== null) return frame;
    }
    return null;
  }

  /** Takes a chunk of a stream and gives the frames that it completes. */
  *push(chunk: Uint8Array): Generator<Frame> {
    let offset = 0;
    while (offset < chunk.byteLength) {
      const { wanted } = this;
      const count = Math.min(wanted.byteLength, chunk.byteLength - offset);
      wanted.set(chunk.subarray(offset, offset + count));
      offset += count;
      const frame = this.advance(count);
      if (frame !== null) yield frame;
    }
  }

  #next(): Frame | null {
    const done = this.#target;
    if (this.#stage === "prelude") {
      const prelude = new DataView(done.buffer);
      if (prelude.getUint32(0, true) !== MAGIC) throw new FrameError("not a message of this protocol");
      const length = prelude.getUint32(4, true);
      if (length === 0 || length > MAX_HEADER_BYTES) throw new FrameError(`a header of ${length} bytes`);
      this.#await("header", length);
      return null;
    }
    if (this.#stage === "header") {
      this.#header = parseHeader(done);
      this.#lengths = bufferLengths(this.#header, this.#maxBytes);
      this.#stage = "buffers";
    } else {
      this.#buffers.push(done);
    }
    const length = this.#lengths[this.#buffers.length];
    if (length !== undefined) {
      this.#await("buffers", length);
      return null;
    }
    const { bufferBytes: _, ...header } = this.#header;
    const frame = { header, buffers: this.#buffers };
    this.#buffers = [];
    this.#await("prelude", PRELUDE_BYTES);
    return frame;
  }

  #await(stage: "prelude" | "header" | "buffers", bytes: number): void {
    this.#stage = stage;
    this.#target = new Uint8Array(bytes);
    this.#filled = 0;
  }
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new FrameError("a message header is not JSON", { cause: error });
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw new FrameError("a message header is not an object");
  }
  return header as Record<string, unknown>;
}

function bufferLengths(header: Record<string, unknown>, maxBytes: number): number[] {
  const lengths = header.bufferBytes;
  if (!Array.isArray(lengths)) throw new FrameError("a message does not list its buffers");
  let total = 0;
  for (const length of lengths) {
    if (!Number.isSafeInteger(length) || length < 0) throw new FrameError("a buffer length is no size");
    total += length;
    if (total > maxBytes) throw new FrameError(`more than ${maxBytes} bytes in one message`);
  }
  return lengths as number[];
}
