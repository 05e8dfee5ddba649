// The style sheet of pages: the look of the report, and what only pages have.

import { THEME } from "@espalier/report/text";

const PAGES = `
[hidden] { display: none !important; }
header.page { padding-bottom: 26px; }
header.page nav a[aria-current] { color: var(--ink); }
.hero { padding: 10px 0 34px; border-bottom: 2px solid var(--rule-strong); }
h1 { font: 400 36px/1.22 var(--serif); letter-spacing: -.012em; margin: 18px 0 6px; overflow-wrap: anywhere; }
.hero p { color: var(--soft); margin: 0; max-width: 80ch; }
.lead { font: 400 19px/1.45 var(--serif); margin: 0 0 18px; max-width: 62ch; }
.lead .note { font-family: var(--mono); font-size: 12px; white-space: nowrap; }
section.view:first-of-type { border-top: 0; }

.drop { display: block; position: relative; border: 1px dashed var(--removed-line); border-radius: 4px; padding: 30px 24px; text-align: center; color: var(--soft); cursor: pointer; transition: background-color .15s, border-color .15s; }
.drop:hover, .drop.over { border-color: var(--kept); background: var(--panel); color: var(--ink); }
.drop.over { border-style: solid; }
.drop input { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; cursor: pointer; }
.drop:focus-within { outline: 2px solid var(--kept); outline-offset: 2px; }
.drop strong { display: block; color: var(--ink); font: 400 19px/1.4 var(--serif); }

button, .button { font: 500 14px/1.2 var(--sans); color: var(--ink); background: var(--paper); border: 1px solid var(--removed-line); border-radius: 4px; padding: 9px 16px; cursor: pointer; text-decoration: none; display: inline-block; }
button:hover:not(:disabled), .button:hover { border-color: var(--kept); color: var(--kept); }
button.main, .button.main { background: var(--kept); border-color: var(--kept); color: var(--paper); }
button.main:hover:not(:disabled), .button.main:hover { color: var(--paper); filter: brightness(1.08); }
button.quiet { border-color: transparent; color: var(--soft); padding: 4px 8px; font-size: 13px; text-decoration: underline; text-underline-offset: 3px; }
button:disabled { opacity: .45; cursor: default; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
fieldset:disabled .tiles, fieldset:disabled .options { opacity: .55; }
select, input[type="number"] { font: inherit; font-size: 14px; color: inherit; background: var(--paper); border: 1px solid var(--removed-line); border-radius: 4px; padding: 4px 8px; }
input[type="number"] { width: 9em; }
input[type="checkbox"], input[type="radio"] { accent-color: var(--kept); }

.progress { margin: 6px 0 0; }
.progress .below { display: flex; justify-content: space-between; align-items: center; gap: 16px; min-height: 34px; }
.progress p { margin: 0; color: var(--soft); font-size: 13.5px; }
progress { appearance: none; display: block; width: 100%; height: 5px; border: 0; border-radius: 2px; overflow: hidden; background: var(--removed); }
progress::-webkit-progress-bar { background: var(--removed); }
progress::-webkit-progress-value { background: var(--kept); transition: inline-size .2s; }
progress::-moz-progress-bar { background: var(--kept); }

.failure { border-left: 3px solid var(--bad); background: var(--bad-wash); padding: 14px 18px; border-radius: 0 4px 4px 0; }
.failure p { margin: 0 0 6px; max-width: 76ch; } .failure p:last-child { margin: 0; }
.failure .what code { color: var(--bad); margin-left: 6px; }

.try { display: grid; grid-template-columns: 248px minmax(0, 1fr); gap: 36px; align-items: start; }
.try .drop { padding: 22px 14px; font-size: 13.5px; }
.try canvas { display: block; width: 100%; height: auto; margin-top: 14px; border-radius: 3px; background: var(--panel); image-rendering: auto; }
.samples { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 14px; }
.sample { padding: 3px; line-height: 0; } .sample img { object-fit: cover; border-radius: 2px; }
.sides { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 36px; margin-bottom: 16px; }
.sides h3 { margin: 0 0 8px; padding-top: 8px; border-top: 2px solid var(--rule-strong); }
[aria-busy="true"] { opacity: .6; }
.classes { list-style: none; margin: 0; padding: 0; }
.classes li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 12px; padding: 6px 0; font-size: 14px; color: var(--soft); }
.classes li.first { color: var(--ink); font-weight: 600; }
.classes svg.bar { grid-column: 1 / -1; height: 4px; background: var(--panel); }
.classes .label { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
svg.bar { display: block; width: 100%; height: 5px; margin: 4px 0 0; }
.empty { color: var(--soft); }
.engine { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0 0 8px; font-size: 14px; }
.engine label { cursor: pointer; }

.tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 28px; margin: 22px 0 26px; }
.tiles.three { grid-template-columns: repeat(3, minmax(0, 1fr)); }
.tile { border-top: 2px solid var(--rule-strong); padding-top: 10px; min-width: 0; }
.tile p { margin: 0; max-width: none; } .tile .label, .tile .from { font-size: 13px; color: var(--soft); }
.tile .value { font: 400 28px/1.15 var(--sans); letter-spacing: -.02em; margin: 4px 0 2px; white-space: nowrap; }
.tile .value small { font-size: 15px; letter-spacing: 0; margin-left: 3px; color: var(--soft); }
.tile .change { font-size: 13.5px; font-weight: 600; margin-top: 8px; }
.tile svg.bar { margin: 9px 0 0; }

.options { display: flex; flex-wrap: wrap; gap: 8px 28px; margin: 0 0 22px; font-size: 14px; color: var(--soft); }
.sizes td.strong { font-weight: 600; } .sizes td.soft { color: var(--soft); } .sizes td.bar { width: 22%; padding-left: 0; }
svg.plot { margin: 4px 0 18px; }
#engine, #threads { margin: 10px 0 4px; } #engine p, #threads p { max-width: none; }
#sizes + .note { margin-top: 14px; }
.threads .why { color: var(--caution); }

@media (max-width: 900px) {
  .tiles, .tiles.three { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 22px; }
  .try { grid-template-columns: minmax(0, 1fr); gap: 24px; }
}
@media (max-width: 640px) {
  h1 { font-size: 27px; } .tile .value { font-size: 23px; }
  .sides { gap: 20px; } .classes li { font-size: 13px; }
  .sizes td.bar, .sizes thead th:nth-child(5) { display: none; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;

export const STYLE: string = THEME + PAGES;
