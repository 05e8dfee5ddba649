// What only the pruning page has, behind the style of all pages.

export const PRUNE_STYLE = `
.ratio { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 18px; align-items: center; }
.ratio label { font-weight: 600; } .ratio output { font: 400 24px/1 var(--sans); text-align: right; white-space: nowrap; min-width: 2.7em; }
input[type="range"] { width: 100%; accent-color: var(--kept); cursor: pointer; }
.groups { max-height: 430px; overflow-y: auto; border-bottom: 1px solid var(--rule); }
.groups thead th { position: sticky; top: 0; background: var(--paper); z-index: 1; }
.groups details > summary { padding: 0; color: var(--ink); display: flex; gap: 7px; list-style: none; }
.groups summary::-webkit-details-marker { display: none; }
.groups summary::before { content: "▸"; color: var(--faint); } .groups details[open] > summary::before { content: "▾"; }
td.bar { width: 34%; padding-left: 12px; } td.after { font-weight: 600; } td.after.same { font-weight: 400; color: var(--faint); }
.members { margin: 4px 0 6px; padding-left: 20px; color: var(--soft); font-size: 12.5px; }
.dense { margin-top: 18px; } .dense dl { margin: 0; } .dense dt { margin-top: 12px; } .dense dd { margin: 2px 0 0; } .dense p { margin: 0 0 4px; }
.dimensions { display: flex; flex-wrap: wrap; gap: 12px 24px; align-items: end; margin-top: 18px; } .dimensions p { flex-basis: 100%; margin: 0; }
.dimensions label { display: grid; gap: 4px; font-size: 13px; }
.downloads { list-style: none; margin: 26px 0 18px; padding: 0; display: flex; flex-wrap: wrap; gap: 12px 22px; }
.downloads .note { font-size: 12.5px; margin-left: 4px; }
#network-name { font-size: 16px; margin-top: 22px; }
.foreign { color: var(--soft); }
@media (max-width: 640px) {
  .ratio { grid-template-columns: minmax(0, 1fr) auto; } .ratio label { grid-column: 1 / -1; }
  td.bar { width: 22%; }
}
`;
