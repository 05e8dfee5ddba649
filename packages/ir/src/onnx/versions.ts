// Which versions of ONNX are read: the file format (IR) and the standard operator set. Other domains may have any.

import { checkedNumber } from "../checked.js";
import { EspalierError, quoteName } from "../errors.js";
import { type Graph, graphsWithin } from "../graph/graph.js";
import type { OperatorSetIdProto } from "./onnx_pb.js";

const IR_VERSIONS = { first: 3, last: 13 };
const OPSETS = { first: 7, last: 26 };

/** Domain → version, "" for ai.onnx. */
export function readOpsets(imports: readonly OperatorSetIdProto[]): Map<string, number> {
  const opsets = new Map<string, number>();
  for (const { domain, version } of imports) {
    const key = domain === "ai.onnx" ? "" : domain;
    if (opsets.has(key)) {
      throw new EspalierError("DUPLICATE", "An operator set is imported twice", { found: quoteName(domain) });
    }
    opsets.set(key, checkedNumber(version, "opset_import"));
  }
  return opsets;
}

/** @throws EspalierError `UNSUPPORTED_VERSION` */
export function requireVersions(irVersion: number, opsets: ReadonlyMap<string, number>): void {
  requireVersion(irVersion, IR_VERSIONS, "IR version");
  if (opsets.size === 0) throw new EspalierError("MALFORMED", "The model imports no operator set");
  const opset = opsets.get("");
  if (opset !== undefined) requireVersion(opset, OPSETS, "opset");
}

/** Standard operators mean nothing without a version. */
export function requireStandardOpset(graph: Graph, opsets: ReadonlyMap<string, number>): void {
  if (opsets.has("")) return;
  for (const inner of graphsWithin(graph)) {
    for (const node of inner.nodes) {
      if (node.domain !== "") continue;
      throw new EspalierError("MALFORMED", "The model uses a standard operator but imports no opset for it", {
        node: node.name,
        opType: node.opType,
      });
    }
  }
}

function requireVersion(found: number, { first, last }: { first: number; last: number }, what: string): void {
  if (found >= first && found <= last) return;
  throw new EspalierError("UNSUPPORTED_VERSION", `The model's ${what} is not supported`, {
    expected: `${first} to ${last}`,
    found: String(found),
    unblock:
      found < first
        ? "Convert it with onnx.version_converter, or export it again."
        : "Export it for an older version, or use a newer Espalier.",
  });
}
