// One layer of the recovery: what it reads in the pruned network, what it should give, its weights solved anew.

import { type Facts, floatTensor, type GraphBuilder, intAttribute, type Value } from "@espalier/ir";
import type { Contraction } from "../calibration/contraction.js";
import type { Batches } from "../calibration/frontier.js";
import { gramSums } from "../calibration/gram.js";
import { residualSums } from "../calibration/residual.js";
import type { SumOptions, Wanted } from "../calibration/sum-rows.js";
import { correctBias, solveLeastSquares } from "./least-squares.js";
import type { RecoverySettings } from "./settings.js";
import type { Station } from "./stations.js";
import { type BiasPlace, readAffine, writeAffine } from "./weights.js";

/** What least squares did to one layer. Errors are relative to the energy of the dense output around its mean. */
export interface LayerUpdate {
  /** Name of the layer's output. */
  readonly layer: string;
  readonly method: "reconstruct" | "bias";
  readonly rows: number;
  readonly columns: number;
  readonly outputs: number;
  readonly before: number;
  readonly after: number;
}

export interface DenseTarget {
  /** The layer's output in the dense network, and which of its channels are left. */
  readonly y: Batches;
  readonly kept: readonly number[] | null;
  /** The other side of the sum it goes into, in both networks. */
  readonly shortcut: {
    readonly dense: Batches;
    readonly own: Batches;
    readonly inverseSlope: Float64Array;
  } | null;
}

export async function solveLayer(
  at: { readonly station: Station; readonly place: BiasPlace; readonly facts: Facts; readonly name: string },
  x: Batches,
  dense: DenseTarget,
  options: SumOptions & Pick<Required<RecoverySettings>, "methods" | "ridge">,
): Promise<LayerUpdate> {
  const { methods, ridge } = options;
  const { contraction } = at.station;
  const target = targetOf(contraction, dense);
  const old = readAffine(at.facts, at.station, at.place);
  const solve = methods.includes("reconstruct");
  const sums = solve
    ? await gramSums(contraction, x, target, options)
    : await residualSums(contraction, x, target, old, options);
  const solved = "xx" in sums ? solveLeastSquares(sums, old, ridge) : correctBias(sums, old);
  // An addition behind the layer holds a bias that the target does not: only the change is stored there.
  writeAffine(at.facts, at.station, at.place, solved);
  const scale = Math.max(solved.energy, Number.MIN_VALUE);
  return {
    layer: at.name,
    method: solve ? "reconstruct" : "bias",
    rows: sums.rows,
    columns: contraction.blocks * contraction.columns,
    outputs: contraction.blocks * contraction.outputs,
    before: solved.before / scale,
    after: solved.after / scale,
  };
}

/** y restricted to the kept channels, plus (s − s′) / a. */
function targetOf({ channelAxis }: Contraction, { y, kept, shortcut }: DenseTarget): Wanted {
  const choose = (builder: GraphBuilder, value: Value): Value =>
    kept === null
      ? value
      : builder.op("Gather", [value, builder.ints("kept", kept)], {
          attributes: { axis: intAttribute(channelAxis) },
        });
  return {
    feeds: { y, ...(shortcut === null ? {} : { s: shortcut.dense, own: shortcut.own }) },
    build: (builder, inputs) => {
      const wanted = choose(builder, inputs.y as Value);
      if (shortcut === null) return wanted;
      const rank = y[0]?.dims.length ?? 0;
      const dims = Array.from({ length: rank }, (_, axis) =>
        axis === channelAxis ? shortcut.inverseSlope.length : 1,
      );
      const missing = builder.op("Sub", [choose(builder, inputs.s as Value), inputs.own as Value]);
      const slope = builder.weight("inverse_slope", floatTensor(dims, shortcut.inverseSlope));
      return builder.op("Add", [wanted, builder.op("Mul", [missing, slope])]);
    },
  };
}
