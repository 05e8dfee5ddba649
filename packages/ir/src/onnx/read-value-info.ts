// What a graph declares about its values: types, documentation. Inputs and outputs are declared in lists of their
// own, everything else in `value_info`, which may be incomplete or name values that are gone.

import { EspalierError } from "../errors.js";
import type { Value } from "../graph/value.js";
import { type GraphProto, type ValueInfoProto, ValueInfoProtoSchema } from "./onnx_pb.js";
import type { ReadContext } from "./read-context.js";
import { readMetadata } from "./read-metadata.js";
import { readType } from "./read-type.js";
import { residueOf } from "./residue.js";
import type { Scope } from "./scope.js";

/** Gives the values of `scope` their declared types; returns the entries that no value of the graph answers to. */
export function readValueInfos(proto: GraphProto, scope: Scope, context: ReadContext): ValueInfoProto[] {
  const declared = new Map<Value, ValueInfoProto>();
  const stale: ValueInfoProto[] = [];
  for (const list of [proto.input, proto.output, proto.valueInfo]) {
    for (const info of list) {
      context.tick();
      const value = scope.own(info.name);
      if (value === undefined) {
        if (list === proto.valueInfo) stale.push(info);
        continue;
      }
      const first = declared.get(value);
      if (first !== undefined) requireSameElements(first, info);
      else describe(value, info, context);
      declared.set(value, first ?? info);
    }
  }
  return stale;
}

function describe(value: Value, info: ValueInfoProto, context: ReadContext): void {
  value.type = readType(info.type, info.name, context);
  value.docString = info.docString;
  value.metadataProps = readMetadata(info.metadataProps, "a value");
  value.residue = residueOf(ValueInfoProtoSchema, info);
}

/** A second declaration may know more or fewer dimensions, as after shape inference, but no other element type. */
function requireSameElements(first: ValueInfoProto, second: ValueInfoProto): void {
  const [a, b] = [first.type?.value, second.type?.value];
  if (a === undefined || b === undefined || a.case === undefined || b.case === undefined) return;
  if (a.case === b.case && (a.case !== "tensorType" || b.case !== "tensorType")) return;
  if (a.case === "tensorType" && b.case === "tensorType" && a.value.elemType === b.value.elemType) return;
  throw new EspalierError("AMBIGUOUS", "A value is declared with two types", { value: first.name });
}
