// The width ledger and the refusals of a receipt, against the plan and the groups of the source.

import type { SliceStep } from "../plan/plan.js";
import { barrierRefusals, denseRefusals } from "../plan/refusals.js";
import type { Subject } from "../target/subject.js";
import { type Claim, compared, comparedData, fails, holds } from "./claim.js";
import type { Receipt, RefusalEntry } from "./receipt.js";

/** The rows that shrink are the steps of the plan, in any order. */
export function widthsFollowPlan({ widths }: Receipt, steps: readonly SliceStep[]): Claim {
  const planned = steps.map(({ group, width, keep }) => `${group} ${width} → ${keep.length}`);
  const rows = widths
    .filter(({ before, after }) => before !== after)
    .map(({ group, before, after }) => `${group} ${before} → ${after}`);
  return compared("widths follow the plan", planned.sort().join("; "), rows.sort().join("; "));
}

/** Every row describes a coupled group of the source. */
export function widthsFitSource({ widths }: Receipt, { analysis }: Subject): Claim {
  const groups = new Map(analysis.groups.map((group) => [group.id, group]));
  const found = widths.map((row) => {
    const group = groups.get(row.group);
    if (group === undefined) return { ...row, before: 0, kind: "no such group" };
    const { kind, exact, members } = group;
    return { ...row, kind, before: group.width, exact, members: members.length };
  });
  return comparedData("widths fit the source", widths, found);
}

/** Every refusal is one that the source's analysis gives, or is about one of its groups or the whole model. */
export function refusalClaim({ refused }: Receipt, { analysis, facts }: Subject): Claim {
  const text = (entry: RefusalEntry): string =>
    JSON.stringify([entry.group, entry.node, entry.code, entry.reason, entry.unblock]);
  const given = new Set([...denseRefusals(analysis), ...barrierRefusals(analysis, facts)].map(text));
  const groups = new Set(analysis.groups.map(({ id }) => id));
  const stray = refused.find(
    (entry) =>
      !given.has(text(entry)) && (entry.group === null ? entry.node !== null : !groups.has(entry.group)),
  );
  return stray === undefined
    ? holds("refusals", `${refused.length} fit the source`)
    : fails("refusals", text(stray), "the source gives no such refusal");
}
