// A part of a checkpoint store, as a store of its own.

import type { CheckpointStore } from "@espalier/core";

/** The part of a store below a name. */
export function storeBelow(store: CheckpointStore, prefix: string): CheckpointStore {
  return {
    write: (name, bytes) => store.write(`${prefix}/${name}`, bytes),
    read: (name, age) => store.read(`${prefix}/${name}`, age),
  };
}
