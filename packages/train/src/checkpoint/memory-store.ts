// A store that lives as long as the process: for pages, and for work that is stopped and goes on in one program.

import type { CheckpointStore } from "@espalier/core";

export function memoryStore(): CheckpointStore {
  const kept = new Map<string, readonly Uint8Array[]>();
  return {
    async write(name, bytes) {
      kept.set(name, [bytes.slice(), ...(kept.get(name) ?? [])].slice(0, 2));
    },
    async read(name, age) {
      return kept.get(name)?.[age]?.slice() ?? null;
    },
  };
}
