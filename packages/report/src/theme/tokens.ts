// Colours and type of the report, as CSS variables. One accent (leaf) for what was kept, one quiet colour
// (sand) for what was removed, amber and red only for reservations. The ramp `--cut-*` is the share
// removed, from none to nearly all. Fonts are the system's own.

const LIGHT = `
  --paper: #fcfbf8; --panel: #f5f3ec; --ink: #23251f; --soft: #5a5d53; --faint: #74766b;
  --rule: #e2dfd5; --rule-strong: #23251f;
  --kept: #2f6d4c; --kept-soft: #d3e3d6; --kept-area: #a8cab3; --removed: #dfd6c6; --removed-line: #b5a890;
  --caution: #8a5700; --caution-wash: #faf0d9; --bad: #9b2c24; --bad-wash: #f9e6e1;
  --cut-0: #fcfbf8; --cut-1: #f3ead9; --cut-2: #e9d6b6; --cut-3: #dbb98a; --cut-4: #c79860; --cut-5: #a8743f;
  --cut-ink-high: #ffffff;`;

const DARK = `
  --paper: #161814; --panel: #1e211c; --ink: #e9e7de; --soft: #aeafa2; --faint: #8b8d80;
  --rule: #33362f; --rule-strong: #8b8d80;
  --kept: #86c49f; --kept-soft: #2b4536; --kept-area: #3a6a4f; --removed: #4a463b; --removed-line: #756e5e;
  --caution: #e3b15c; --caution-wash: #2e2717; --bad: #ee8f83; --bad-wash: #351e1b;
  --cut-0: #161814; --cut-1: #2b2820; --cut-2: #453b2a; --cut-3: #665235; --cut-4: #8c6c40; --cut-5: #b98d52;
  --cut-ink-high: #14130f;`;

export const TOKENS: string = `
:root { color-scheme: light dark; ${LIGHT}
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Inter, Roboto, "Helvetica Neue", Arial, sans-serif;
  --serif: ui-serif, "Iowan Old Style", "Palatino Linotype", Palatino, "Source Serif 4", Georgia, "Liberation Serif", serif;
  --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
@media print { :root { color-scheme: light; ${LIGHT} --paper: #ffffff; --cut-0: #ffffff; } }
`;
