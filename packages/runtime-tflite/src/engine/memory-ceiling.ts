// A ceiling on the memory of a module that Emscripten made. All its growth passes through `grow` in JavaScript, where a
// refusal makes the allocator fail inside; what it then says is no help, so the refusal is remembered.

const PAGE_BYTES = 65_536;

export interface MemoryCeiling {
  /** Bytes that no memory of this realm grows beyond from now on; null for no bound. */
  limitBytes: number | null;
  /** Whether the last attempt to grow was refused; whoever asks puts it back. */
  reached: boolean;
}

/** Takes the place of `WebAssembly.Memory.prototype.grow` in this realm. */
export function boundLinearMemory(): MemoryCeiling {
  const ceiling = { limitBytes: null as number | null, reached: false };
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (this: WebAssembly.Memory, pages: number): number {
    const wanted = this.buffer.byteLength + pages * PAGE_BYTES;
    ceiling.reached = true;
    if (ceiling.limitBytes !== null && wanted > ceiling.limitBytes) {
      throw new RangeError(`a memory may not grow to ${wanted} bytes`);
    }
    const before = grow.call(this, pages); // throws where the engine has no more
    ceiling.reached = false;
    return before;
  };
  return ceiling;
}
