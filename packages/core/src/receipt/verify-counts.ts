// The numbers of a receipt, counted anew: parameters, MACs, where they lie, zeros, sizes.

import { inferFacts, type Model } from "@espalier/ir";
import { countMacs, countParameters } from "../measure/macs.js";
import { measureSparsity } from "../measure/sparsity.js";
import type { Host } from "../runtime.js";
import { structuralCosts } from "../target/structural-costs.js";
import type { Subject } from "../target/subject.js";
import { type Claim, compared, comparedData, fails, unchecked } from "./claim.js";
import type { Receipt, SizeBytes } from "./receipt.js";

/** Compressors of other versions differ a little. */
const SIZE_SLACK = 0.02;

/** Counts of a source and of what became of it; `pruned` is null when nothing was removed. */
export function countClaims(receipt: Receipt, source: Subject, pruned: Model | null): Claim[] {
  const { params, macs, costs } = structuralCosts(source, pruned);
  const weighed = pruned === null ? measureSparsity(source.model, source.facts) : sparsityOf(pruned);
  return [
    compared("parameters", sides(receipt.params), sides(params)),
    compared("MACs", sides(receipt.macs), sides(macs)),
    comparedData("costs by node", receipt.costs, costs),
    comparedData("sparsity", receipt.sparsity, weighed),
  ];
}

/** The same from the artefact alone: what came before stays unchecked. */
export function artefactCountClaims(receipt: Receipt, artefact: Subject): Claim[] {
  const { model, boundFacts, handlers } = artefact;
  const half = (name: string, said: number | null, found: number | null): Claim =>
    said === found
      ? unchecked(name, "the source", `the artefact has ${found}, as the receipt says`)
      : fails(name, String(said), String(found));
  return [
    half("parameters", receipt.params.after, countParameters(model, boundFacts)),
    half("MACs", receipt.macs.after, countMacs(model, boundFacts, handlers).total),
    comparedData("sparsity", receipt.sparsity, measureSparsity(model, artefact.facts)),
  ];
}

function sparsityOf(model: Model): ReturnType<typeof measureSparsity> {
  return measureSparsity(model, inferFacts(model));
}

function sides({ before, after }: Receipt["params"]): string {
  return `${before} → ${after}`;
}

/** Raw sizes exactly; compressed sizes exactly on the same Node and platform, else within 2 %. */
export async function sizeClaim(
  receipt: Receipt,
  which: "before" | "after",
  file: Uint8Array,
  host: Host,
): Promise<Claim> {
  const said = receipt.size[which];
  const found: SizeBytes = {
    raw: file.byteLength,
    gzip: said.gzip === null ? null : ((await host.gzipSize?.([file])) ?? null),
    brotli: said.brotli === null ? null : ((await host.brotliSize?.([file])) ?? null),
  };
  const here = host.machine();
  const same = ["node", "platform"].every((key) => here[key] === receipt.machine[key]);
  const near = (a: number | null, b: number | null): boolean =>
    a === b || b === null || (!same && a !== null && Math.abs(a - b) <= SIZE_SLACK * Math.max(a, b));
  const name = `size ${which}`;
  if (said.raw !== found.raw || !near(said.gzip, found.gzip) || !near(said.brotli, found.brotli))
    return fails(name, sizeText(said), sizeText(found));
  const incomplete = (["gzip", "brotli"] as const).filter((key) => said[key] !== null && found[key] === null);
  if (incomplete.length > 0) return unchecked(name, sizeText(said), `no ${incomplete.join(" and ")} here`);
  return { name, status: "holds", informational: false, expected: sizeText(said), found: sizeText(found) };
}

function sizeText({ raw, gzip, brotli }: SizeBytes): string {
  return `${raw} bytes, gzip ${gzip ?? "unknown"}, brotli ${brotli ?? "unknown"}`;
}
