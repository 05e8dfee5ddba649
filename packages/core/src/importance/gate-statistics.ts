// What gradients say about units: each unit is multiplied with a gate that is 1, and ∂L/∂gate is how the loss would
// follow if it closed. Sums over samples and batches; how they become scores is the criteria's matter.

/** Sums over all samples seen, one number a unit. G = ∂L/∂gate of one sample, L its loss. */
export interface GateStatistics {
  readonly samples: number;
  readonly batches: number;
  /** Σ G over samples. */
  readonly sum: Float64Array;
  /** Σ |G| over samples. */
  readonly absolute: Float64Array;
  /** Σ (mean of G over the batch)² over batches. */
  readonly squares: Float64Array;
}

/** Adds batches up. */
export class GateSums implements GateStatistics {
  samples = 0;
  batches = 0;
  readonly sum: Float64Array;
  readonly absolute: Float64Array;
  readonly squares: Float64Array;

  constructor(width: number) {
    this.sum = new Float64Array(width);
    this.absolute = new Float64Array(width);
    this.squares = new Float64Array(width);
  }

  /** @param gradients [samples, width], row-major */
  add(gradients: ArrayLike<number>): void {
    const width = this.sum.length;
    const samples = gradients.length / width;
    if (!Number.isInteger(samples) || samples === 0)
      throw new Error("a batch holds one gradient a unit and sample");
    for (let unit = 0; unit < width; unit++) {
      let [sum, absolute] = [0, 0];
      for (let i = unit; i < gradients.length; i += width) {
        const gradient = gradients[i] as number;
        sum += gradient;
        absolute += Math.abs(gradient);
      }
      this.sum[unit] = (this.sum[unit] as number) + sum;
      this.absolute[unit] = (this.absolute[unit] as number) + absolute;
      this.squares[unit] = (this.squares[unit] as number) + (sum / samples) ** 2;
    }
    this.samples += samples;
    this.batches++;
  }
}
