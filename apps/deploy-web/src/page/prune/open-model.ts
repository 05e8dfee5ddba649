// Reads a dropped network and tells what is in it.

import { countMacs, countParameters, openSubject, planStructural, type Subject } from "@espalier/core";
import { BROWSER_LIMITS, EspalierError, type Model, shapeText, type Tensor } from "@espalier/ir";
import { webHost } from "@espalier/runtime-web";
import { web } from "@espalier/web";
import { type DroppedModel, readDroppedFiles } from "./dropped-files.js";
import type { OpenedModel, OpenRequest, PageGroup } from "./tasks.js";

export interface OpenModel extends DroppedModel {
  readonly subject: Subject;
  readonly dims: Readonly<Record<string, number>>;
  /** Of the network with all of its weights inside. */
  readonly wholeBytes: number;
}

/** @throws EspalierError reading errors; `EXTERNAL_MISSING` when weights were not dropped along */
export async function openModel({ files, dims }: OpenRequest): Promise<OpenModel> {
  const dropped = await readDroppedFiles(files);
  const { bytes, external } = dropped;
  const subject = openSubject(bytes, { limits: BROWSER_LIMITS, external, dims });
  requireWeights(subject);
  const outside = externalTensors(subject.model).reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { ...dropped, dims, subject, wholeBytes: bytes.byteLength + outside };
}

/** Reading is lazy: a weight that is not there would only be missed in the middle of the work. */
function requireWeights({ model }: Subject): void {
  for (const { storage } of externalTensors(model)) if (storage.kind === "external") storage.read();
}

/** Weights of the main graph that lie in other files. */
export function externalTensors({ graph }: Model): Tensor[] {
  return [...graph.initializers].flatMap(({ initializer }) =>
    initializer?.storage.kind === "external" ? [initializer] : [],
  );
}

/** @param open whatever was opened: symbolic dimensions may still be unbound */
export async function describeModel(open: OpenModel): Promise<OpenedModel> {
  const { name, wholeBytes, subject } = open;
  const { model, boundFacts, handlers, unbound } = subject;
  const ports = (values: typeof model.graph.inputs) =>
    values.map((value) => ({ name: value.name, shape: shapeText(boundFacts.shape(value)) }));
  const { groups, dense } = await describeGroups(open);
  return {
    name,
    bytes: wholeBytes,
    nodes: [...model.graph.nodes].length,
    opset: model.opsets.get("") ?? null,
    inputs: ports(model.graph.inputs),
    outputs: ports(model.graph.outputs),
    params: countParameters(model, boundFacts),
    macs: countMacs(model, boundFacts, handlers).total,
    groups,
    dense,
    unbound: unbound.map(({ option }) => option),
  };
}

/** The reasons are those of a plan that removes as little as it may. */
async function describeGroups({
  subject,
  wholeBytes,
}: OpenModel): Promise<Pick<OpenedModel, "groups" | "dense">> {
  const source = { sha256: "", bytes: wholeBytes };
  const { widths, refused } = await planStructural(subject, source, web.name, {
    host: webHost(),
    budget: { ratio: 0 },
  });
  const prunable = new Set(widths.map(({ group }) => group));
  const reasons = new Map(refused.map((one) => [one.group, one]));
  const groups = subject.analysis.groups.map(({ id, width, kind, members }): PageGroup => {
    const reason = prunable.has(id) ? undefined : reasons.get(id);
    return {
      id,
      width,
      kind,
      members: members.map(({ value, axis, role }) => ({ name: value.name, axis, role })),
      frozen: reason === undefined ? null : reason,
    };
  });
  const known = new Set(groups.map(({ id }) => id));
  return { groups, dense: refused.filter(({ group }) => group === null || !known.has(group)) };
}

export function requireOpen(open: OpenModel | null): OpenModel {
  if (open === null) throw new EspalierError("INVALID_OPTION", "No network is open in this worker");
  return open;
}
