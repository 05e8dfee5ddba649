// The bytes of a file behind checks: nothing is read that was not required first. The npm package `flatbuffers` has no
// verifier, and its accessors answer reads outside of the bytes with 0 or with what happens to be there.

import type { Location } from "../location.js";

export class FileView {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #location: Location;
  #reached = 0;

  constructor(bytes: Uint8Array, location: Location) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#location = location;
  }

  /** One past the last byte that anything required. */
  get reached(): number {
    return this.#reached;
  }

  /**
   * Makes sure that `size` bytes at `at`, a multiple of `align`, lie in the file.
   * @throws EspalierError `TRUNCATED`, `MALFORMED`
   */
  require(at: number, size: number, align: number, what: string): void {
    const { byteLength } = this.bytes;
    if (at < 0)
      throw this.#location.error("MALFORMED", `${what} begins before the file`, "at least 0", String(at));
    const end = at + size;
    if (end > byteLength)
      throw this.#location.error(
        "TRUNCATED",
        `${what} reaches past the end of the file`,
        `at most ${byteLength}`,
        String(end),
      );
    if (at % align !== 0)
      throw this.#location.error(
        "MALFORMED",
        `${what} is not aligned`,
        `a position divisible by ${align}`,
        String(at),
      );
    if (end > this.#reached) this.#reached = end;
  }

  /** Where the offset at `at` (required before) points to: forwards, at four bytes in the file. */
  follow(at: number, what: string): number {
    const offset = this.uint32(at);
    if (offset === 0)
      throw this.#location.error("MALFORMED", `${what} points to itself`, "an offset above 0", "0");
    const target = at + offset;
    this.require(target, 4, 4, what);
    return target;
  }

  byte(at: number): number {
    return this.#view.getUint8(at);
  }
  signedByte(at: number): number {
    return this.#view.getInt8(at);
  }
  uint16(at: number): number {
    return this.#view.getUint16(at, true);
  }
  int32(at: number): number {
    return this.#view.getInt32(at, true);
  }
  uint32(at: number): number {
    return this.#view.getUint32(at, true);
  }
  float32(at: number): number {
    return this.#view.getFloat32(at, true);
  }
  int64(at: number): bigint {
    return this.#view.getBigInt64(at, true);
  }

  /** A view, not a copy. */
  slice(at: number, size: number): Uint8Array {
    return this.bytes.subarray(at, at + size);
  }

  /** A copy with its own, aligned memory. */
  copy(at: number, size: number): ArrayBuffer {
    return new Uint8Array(this.slice(at, size)).buffer;
  }
}
