// A model in one piece: runtimes are given bytes, and a user's file may have its weights beside it.

import { readModel } from "@espalier/ir";
import { modelBytes } from "../parity/parity.js";
import type { SubjectOptions } from "./subject.js";

/** The bytes as they are where all of the model is in them, else the model with its external data moved inside. */
export function inOnePiece(
  bytes: Uint8Array,
  { external, limits }: Pick<SubjectOptions, "external" | "limits">,
): Uint8Array {
  if (external === undefined) return bytes;
  let opened = false;
  const model = readModel(bytes, {
    ...(limits === undefined ? {} : { limits }),
    external: {
      open: (location) => {
        opened = true;
        return external.open(location);
      },
    },
  });
  return opened ? modelBytes(model) : bytes;
}
