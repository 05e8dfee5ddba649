// What a budget buys: how much importance stays at each cost, for the widths a planner chose and for the same share of
// every group.

import type { CostModel } from "../cost/cost-model.js";

export interface TradePoint {
  /** Of the whole network, in the curve's unit. */
  readonly cost: number;
  /** Share of the dense network's importance that stays, 0 to 1. */
  readonly importance: number;
}

export interface TradeCurve {
  readonly unit: CostModel["unit"];
  /** Widths chosen jointly, the cheapest first; the last is the dense network. No point costs more and keeps less. */
  readonly best: readonly TradePoint[];
  /** Every group at the same fraction, the cheapest first. */
  readonly uniform: readonly TradePoint[];
  /** What the plan takes. */
  readonly chosen: TradePoint;
}

/** The points that no other point beats in both cost and importance, the cheapest first, each once. */
export function paretoFront(points: readonly TradePoint[]): TradePoint[] {
  const front: TradePoint[] = [];
  for (const point of [...points].sort((a, b) => a.cost - b.cost || b.importance - a.importance)) {
    const last = front.at(-1);
    if (last === undefined || point.importance > last.importance) front.push(point);
  }
  return front;
}

/** As it is recorded. */
export function roundedPoint({ cost, importance }: TradePoint): TradePoint {
  return { cost: Number(cost.toPrecision(6)), importance: Number(importance.toFixed(5)) };
}
