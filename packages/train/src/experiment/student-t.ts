// Student's t distribution for whole degrees of freedom, exact: what confidence intervals of a few seeds need.

/**
 * The t with P(−t ≤ T ≤ t) = `probability`.
 *
 * Source: Abramowitz and Stegun 1964, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4; solved by bisection.
 *
 * @param degrees of freedom, a whole number from 1 on
 */
export function studentT(probability: number, degrees: number): number {
  // In θ = arctan(t/√ν) everything is bounded.
  let [low, high] = [0, Math.PI / 2];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (within(middle, degrees) < probability) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan(low);
}

/** P(−t ≤ T ≤ t) with t = √ν·tan θ. */
function within(theta: number, degrees: number): number {
  const [sine, cosine] = [Math.sin(theta), Math.cos(theta)];
  const odd = degrees % 2 === 1;
  // cos θ + 2/3·cos³ θ + 2·4/(3·5)·cos⁵ θ …, or 1 + 1/2·cos² θ + 1·3/(2·4)·cos⁴ θ …
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + sine * sum) : sine * sum;
}
