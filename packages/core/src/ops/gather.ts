// Gather. Constant indices re-order or select units; computed indices (an embedding) need every row.

import { gather as definition, type GatherView, isStatic, readIntegers } from "@espalier/ir";
import { isLive, type Layout, sum } from "../groups/layout.js";
import { Barrier } from "../groups/link-context.js";
import { explode } from "../groups/refine.js";
import { defineHandler, type OpHandler } from "./handler.js";

export const gather: OpHandler<GatherView> = defineHandler({
  definition,
  links: ({ data, indices, y, axis }, ctx) => {
    if (axis === null) throw new Barrier("UNKNOWN_SHAPE", "axis of the gathering");
    const axes = ctx.axes(data);
    const along = ctx.axis(data, axis);
    const before = axes.slice(0, axis);
    const after = axes.slice(axis + 1);
    for (const i of after.keys()) ctx.role(data, axis + 1 + i, "produces");
    const constant = ctx.facts.constant(indices);
    const rank = ctx.facts.shape(indices)?.length;
    if (constant !== null && rank === 1 && isLive(along)) {
      const units = explode(along);
      const size = ctx.facts.shape(data)?.[axis] as number;
      if (units !== null) {
        const picked = readIntegers(constant).map((i) => units[i < 0 ? i + size : i]);
        if (picked.every((unit) => unit !== undefined)) {
          for (const own of ctx.axes(indices)) ctx.freeze(own, "INDEX_MEANING");
          ctx.define(y, [...before, sum(picked as Layout[]), ...after]);
          return;
        }
      }
    }
    ctx.freeze(along, constant === null ? "INDEX_MEANING" : "SHAPE_NOT_REWRITABLE");
    ctx.define(y, [...before, ...ctx.axes(indices), ...after]);
  },
  domain: ({ data, indices, axis }, facts, operand) => {
    const rows = facts.shape(data)?.[axis ?? 0];
    return operand === indices && rows !== undefined && isStatic(rows) ? { below: rows } : null;
  },
  slice: ({ data, indices, axis }, ctx) => {
    const kept = axis === null ? null : ctx.kept(data, axis);
    const constant = ctx.facts.constant(indices);
    if (axis === null || kept === null || constant === null) return;
    const size = ctx.facts.shape(data)?.[axis] as number;
    const place = new Map(kept.map((position, i) => [position, i]));
    const next = readIntegers(constant).flatMap((i) => place.get(i < 0 ? i + size : i) ?? []);
    ctx.setIntegers(1, next);
  },
});
