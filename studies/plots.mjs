// Plots of a study in a row, as one SVG file that pages of docs show.

import { writeFileSync } from "node:fs";
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom/worker";

export const palette = { pruned: "#2f7d57", control: "#9b2c2c", other: "#2b6cb0", dense: "#616e7c" };

const [WIDTH, HEIGHT, TOP, FOOT] = [390, 320, 56, 40];
const TEXT = "#1f2933";
const FONT = "system-ui, sans-serif";
const margins = { marginLeft: 52, marginTop: 40, marginRight: 16, marginBottom: 44 };

/**
 * Writes a title, a note under it, the plots, and what their colours mean. Plain text: nothing is escaped.
 *
 * @param {string} path
 * @param {{ title: string, note: string, legend: readonly { label: string, color: string }[], plots: readonly Plot.PlotOptions[] }} figure
 */
export function writeFigure(path, { title, note, legend, plots }) {
  const [width, height] = [plots.length * WIDTH, TOP + HEIGHT + FOOT];
  const keys = legend.map(({ label, color }, i) => {
    const [x, y] = [margins.marginLeft + i * 220, height - 20];
    return `<path d="M${x} ${y}h26" stroke="${color}" stroke-width="2.4"/><text x="${x + 34}" y="${y + 4}">${label}</text>`;
  });
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="${FONT}" font-size="12" fill="${TEXT}">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="4" y="24" font-size="15" font-weight="600">${title}</text>`,
    `<text x="4" y="44" fill="${palette.dense}">${note}</text>`,
    ...plots.map((options, i) => draw(options, i * WIDTH)),
    ...keys,
    "</svg>",
  ];
  writeFileSync(path, `${parts.join("\n")}\n`);
}

function draw(options, left) {
  const { document } = parseHTML("<html><body></body></html>");
  const svg = Plot.plot({
    ...{ width: WIDTH, height: HEIGHT, ...margins, document },
    style: { fontFamily: FONT, fontSize: "12px", color: TEXT },
    ...options,
    x: { labelAnchor: "center", labelArrow: "none", labelOffset: 38, ...options.x },
    y: { labelArrow: "none", grid: true, ...options.y },
  });
  for (const style of svg.querySelectorAll("style")) style.remove(); // "height: auto" is for pages
  svg.setAttribute("x", String(left));
  svg.setAttribute("y", String(TOP));
  // Two decimals of a pixel are enough.
  return svg.outerHTML.replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100));
}
