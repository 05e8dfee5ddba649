// How long requests took, as bars on a logarithmic axis. Written by hand: a page of a server that is busy must
// cost next to nothing, and a plotting library takes twenty milliseconds.

import { html, type Markup } from "../text/markup.js";
import { formatTick } from "../text/quantity.js";

const WIDTH = 856;
const HEIGHT = 120;
const AXIS = 22;
/** Ticks at the ends would be cut off. */
const EDGE = 0.02;

/** @param buckets requests by time, equally wide on a logarithmic axis */
export function latencyPicture(
  buckets: readonly { readonly upToMs: number; readonly count: number }[],
): Markup {
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  const step = WIDTH / Math.max(1, buckets.length);
  const round = (value: number): number => Math.round(value * 100) / 100;
  const bars = buckets.map(({ count }, i) => {
    // A single request among thousands stays visible.
    const height = count === 0 ? 0 : Math.max(1.5, (count / most) * HEIGHT);
    return html`<rect class="kept" x="${round(i * step + 0.5)}" y="${round(HEIGHT - height)}" width="${round(Math.max(0.5, step - 1))}" height="${round(height)}"/>`;
  });
  const ticks = ticksOf(buckets).map(
    ({ ms, at }) =>
      html`<path d="M${round(at * WIDTH)} ${HEIGHT}v4" stroke="var(--removed-line)"/><text x="${round(at * WIDTH)}" y="${HEIGHT + AXIS - 5}" text-anchor="middle" fill="var(--soft)" font-size="12">${formatTick("ms", ms)}</text>`,
  );
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT + AXIS}" role="img" aria-label="Requests by the time the server took">${bars}<path d="M0 ${HEIGHT}H${WIDTH}" stroke="var(--removed-line)"/>${ticks}</svg>`;
}

/** 1, 2 and 5 times the powers of ten, with their place between 0 and 1. */
function ticksOf(buckets: readonly { readonly upToMs: number }[]): { ms: number; at: number }[] {
  const [first, second] = buckets;
  const last = buckets.at(-1);
  if (first === undefined || second === undefined || last === undefined) return [];
  const low = 2 * Math.log10(first.upToMs) - Math.log10(second.upToMs);
  const high = Math.log10(last.upToMs);
  const ticks = [];
  for (let decade = Math.floor(low); decade <= high; decade++) {
    for (const step of [1, 2, 5]) {
      const ms = Number((step * 10 ** decade).toPrecision(1));
      const at = (Math.log10(ms) - low) / (high - low);
      if (at >= EDGE && at <= 1 - EDGE) ticks.push({ ms, at });
    }
  }
  return ticks;
}
