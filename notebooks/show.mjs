// Draws a plot in a notebook: one output that holds a PNG, which every viewer shows, and the SVG it was made from.
// The types for cells are in show.d.mts; tslab does not read JSDoc.

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom/worker";
import sharp from "sharp";
import jupyter from "tslab/dist/jupyter.js";

export const palette = {
  kept: "#3b6ea5",
  second: "#b5803a",
  baseline: "#7d848c",
  removed: "#b9bec4",
  line: "#a8443f",
};

const style = {
  fontFamily: "Inter, Helvetica, Arial, sans-serif",
  fontSize: "13px",
  color: "#24292f",
  background: "white", // also where the page around it is dark
};

const frame = { width: 640, height: 340, marginTop: 32, marginBottom: 50, marginLeft: 48 };
const xAxis = /** @type {const} */ ({ labelAnchor: "center", labelArrow: "none", labelOffset: 40 });

/** @param {Plot.PlotOptions & { alt: string }} options */
export async function show({ alt, ...options }) {
  const { document } = parseHTML("<html><body></body></html>");
  const svg = Plot.plot({ ...frame, ...options, x: { ...xAxis, ...options.x }, style, document });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const image = sharp(Buffer.from(svg.outerHTML), { density: 144 }).png({ palette: true, effort: 10 });
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  jupyter.lastWriteDisplayData({
    data: { "image/png": data.toString("base64"), "image/svg+xml": svg.outerHTML, "text/plain": alt },
    metadata: { "image/png": { width: info.width / 2, height: info.height / 2 } },
  });
}
