// What the graph in memory does not model of a protobuf message, kept so that it survives a round trip: fields of
// later ONNX versions, device configurations, annotations. To everybody outside this folder it is opaque.

import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";

type Fields = Record<string, unknown>;

/**
 * A message that holds only `unmodelled` fields (by their names in TypeScript) and unknown ones of `message`;
 * undefined when there are none, which is nearly always.
 */
export function residueOf<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
  unmodelled: readonly string[] = [],
): MessageShape<Desc> | undefined {
  const kept = unmodelled.filter((name) => isSet(message, name));
  if (kept.length === 0 && message.$unknown === undefined) return undefined;
  const residue = create(schema);
  for (const name of kept) (residue as unknown as Fields)[name] = (message as unknown as Fields)[name];
  if (message.$unknown !== undefined) residue.$unknown = message.$unknown;
  return residue;
}

/** Puts the fields of `residue` back into `message`, which must not have set them itself. */
export function restoreResidue<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
  residue: unknown,
): void {
  if (residue === undefined) return;
  const kept = residue as MessageShape<Desc>;
  if (kept.$typeName !== schema.typeName) {
    throw new Error(`the residue of a ${kept.$typeName} was moved to a ${schema.typeName}`);
  }
  for (const name of Object.keys(kept)) {
    if (isSet(kept, name)) (message as unknown as Fields)[name] = (kept as unknown as Fields)[name];
  }
}

/** True when a field holds something: presence for singular fields, items for lists, a case for a oneof. */
export function isSet(message: object, name: string): boolean {
  if (!Object.hasOwn(message, name)) return false;
  const value = (message as Fields)[name];
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && value !== null && "case" in value) return value.case !== undefined;
  return value !== undefined;
}
