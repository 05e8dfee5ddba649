// The picture of the recovery study: top-1 against what is left of the multiply-accumulates, one panel a network.

const SERIES = [
  {
    label: "weights solved anew",
    where: { criterion: "reconstruction", allocation: "sensitivity", recovery: "reconstruct" },
    style: 'stroke="#2f7d57" stroke-width="2.6"',
  },
  {
    label: "statistics measured anew",
    where: { criterion: "reconstruction", allocation: "sensitivity", recovery: "batch-norm" },
    style: 'stroke="#2b6cb0" stroke-width="1.8"',
  },
  {
    label: "biases corrected",
    where: { criterion: "reconstruction", allocation: "sensitivity", recovery: "bias" },
    style: 'stroke="#b7791f" stroke-width="1.8"',
  },
  {
    label: "no recovery",
    where: { criterion: "reconstruction", allocation: "sensitivity", recovery: "none" },
    style: 'stroke="#9b2c2c" stroke-width="1.8"',
  },
  {
    label: "L1, one ratio, solved anew",
    where: { criterion: "l1", allocation: "uniform", recovery: "reconstruct" },
    style: 'stroke="#2f7d57" stroke-width="1.4" stroke-dasharray="5 4"',
  },
  {
    label: "L1, one ratio, no recovery",
    where: { criterion: "l1", allocation: "uniform", recovery: "none" },
    style: 'stroke="#9b2c2c" stroke-width="1.4" stroke-dasharray="5 4"',
  },
];

const [PANEL, HEIGHT, LEFT, TOP, BOTTOM, GAP] = [360, 250, 52, 104, 44, 28];

export function picture({ networks }) {
  const shown = Object.values(networks);
  const width = LEFT + shown.length * PANEL + (shown.length - 1) * (GAP + LEFT) + 24;
  const height = TOP + HEIGHT + BOTTOM + 18 * Math.ceil(SERIES.length / 3) + 12;
  const panels = shown.map((network, i) => panel(network, LEFT + i * (PANEL + GAP + LEFT)));
  const present = SERIES.filter(({ where }) =>
    shown.some(({ points }) => points.some((point) => fits(point, where))),
  );
  const legend = present.map(({ label, style }, i) => {
    const x = LEFT + (i % 3) * 290;
    const y = TOP + HEIGHT + BOTTOM + 12 + 18 * Math.floor(i / 3);
    return `<path d="M${x} ${y - 4} h24" fill="none" ${style}/><text x="${x + 32}" y="${y}">${label}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">
  <title>Accuracy of pruned networks without training</title>
  <style>text { fill: #1f2933 } .number { fill: #616e7c; font-variant-numeric: tabular-nums } .grid { stroke: #e4e7eb } rect.paper { fill: #ffffff }</style>
  <rect class="paper" width="${width}" height="${height}"/>
  <text x="12" y="24" font-size="15" font-weight="600">Pruned without training: top-1 against what is left of the multiply-accumulates</text>
  <text x="12" y="44" class="number">recovered from unlabelled inputs only; widths and units chosen on the same inputs, judged on others</text>
  ${panels.join("\n  ")}
  ${legend.join("\n  ")}
</svg>
`;
}

function panel({ title, dense, points, calibration }, left) {
  const top = Math.ceil(dense * 10) / 10;
  const x = (macs) => left + ((1 - macs) / 0.7) * PANEL;
  const y = (top1) => TOP + (1 - top1 / top) * HEIGHT;
  const ticks = Array.from({ length: Math.round(top * 5) + 1 }, (_, i) => i / 5).filter(
    (tick) => tick <= top,
  );
  const grid = ticks.map(
    (tick) =>
      `<path class="grid" d="M${left} ${y(tick)} h${PANEL}"/><text class="number" x="${left - 8}" y="${y(tick) + 4}" text-anchor="end">${Math.round(100 * tick)} %</text>`,
  );
  const columns = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3].map(
    (macs) =>
      `<text class="number" x="${x(macs)}" y="${TOP + HEIGHT + 18}" text-anchor="middle">${macs === 1 ? "all" : macs}</text>`,
  );
  const lines = SERIES.map(({ where, style }) => {
    const own = points.filter((point) => fits(point, where)).sort((a, b) => b.macs - a.macs);
    if (own.length === 0) return "";
    const path = [{ macs: 1, top1: dense }, ...own].map(
      ({ macs, top1 }) => `${x(macs).toFixed(1)} ${y(top1).toFixed(1)}`,
    );
    const dots = path.map(
      (at) =>
        `<path d="M${at} h0" stroke-linecap="round" fill="none" ${style.replace(/stroke-(width|dasharray)="[^"]*"/g, "")} stroke-width="5"/>`,
    );
    return `<path d="M${path.join(" L")}" fill="none" ${style}/>${dots.join("")}`;
  });
  return `<text x="${left}" y="${TOP - 32}" font-weight="600">${title}</text>
  <text class="number" x="${left}" y="${TOP - 14}">dense ${(100 * dense).toFixed(2)} % · calibrated on ${calibration} unlabelled inputs</text>
  ${grid.join("")}${columns.join("")}
  <text class="number" x="${left + PANEL / 2}" y="${TOP + HEIGHT + 34}" text-anchor="middle">share of the multiply-accumulates left</text>
  ${lines.join("\n  ")}`;
}

function fits(point, where) {
  return Object.entries(where).every(([key, value]) => point[key] === value);
}
