// The memory of the engine: how large it is, and a ceiling that the browser enforces. Emscripten makes one
// shared WebAssembly.Memory of up to 4 GiB and hands it to every thread; a lower maximum makes its allocator
// fail in time, in all threads. Linear memory never shrinks, so its size is also its peak.

const PAGE_BYTES = 65_536;
/** What the engine takes before it sees a model, rounded up. */
const ENGINE_BYTES = 32 * 1024 * 1024;

/**
 * Lowers the maximum of every memory that this worker makes from now on.
 *
 * @param memoryBytes beyond what the engine itself needs; null leaves the maximum alone
 * @returns tells the bytes of all memories made since
 */
export function watchMemory(memoryBytes: number | null): () => number {
  const memories: WebAssembly.Memory[] = [];
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(target, [descriptor]: [WebAssembly.MemoryDescriptor]) {
      const memory = new target(bounded(descriptor, memoryBytes));
      memories.push(memory);
      return memory;
    },
  });
  return () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
}

function bounded(
  descriptor: WebAssembly.MemoryDescriptor,
  memoryBytes: number | null,
): WebAssembly.MemoryDescriptor {
  if (memoryBytes === null || descriptor.maximum === undefined) return descriptor;
  const pages = Math.ceil((ENGINE_BYTES + memoryBytes) / PAGE_BYTES);
  return { ...descriptor, maximum: Math.max(descriptor.initial, Math.min(descriptor.maximum, pages)) };
}
