// Page, typography and the parts that several views share: tables, legends, disclosure, drawings.

export const BASE: string = `
*, *::before, *::after { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0; font: 15px/1.6 var(--sans); font-variant-numeric: tabular-nums; font-feature-settings: "tnum"; overflow-wrap: break-word; }
main, header.page, footer.page { max-width: 1144px; margin: 0 auto; padding: 0 32px; }
header.page { padding-top: 44px; display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: baseline; justify-content: space-between; }
header.page .brand { font: italic 16px/1.4 var(--serif); color: var(--soft); }
header.page nav { display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 13px; }
footer.page { padding-top: 24px; padding-bottom: 56px; color: var(--faint); font-size: 12.5px; }
a { color: inherit; text-decoration: underline; text-decoration-color: var(--removed-line); text-underline-offset: 3px; text-decoration-thickness: 1px; }
nav a { color: var(--soft); text-decoration: none; }
a:hover, nav a:hover { color: var(--kept); text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--kept); outline-offset: 2px; border-radius: 2px; }
section.view { display: grid; grid-template-columns: 184px minmax(0, 1fr); gap: 0 40px; padding: 40px 0 52px; border-top: 1px solid var(--rule); }
section.view > .head { align-self: start; position: sticky; top: 28px; }
section.view h2 { font: 600 20px/1.25 var(--serif); margin: 0 0 6px; }
section.view .question { font: italic 15px/1.4 var(--serif); color: var(--soft); margin: 0; }
section.view > .body { min-width: 0; }
h3 { font: 600 14px/1.4 var(--sans); margin: 28px 0 8px; }
p { margin: 0 0 12px; max-width: 68ch; }
.note { color: var(--soft); font-size: 13.5px; }
.name, code, pre { font-family: var(--mono); font-size: .88em; }
.name { overflow-wrap: anywhere; unicode-bidi: isolate; }
pre { margin: 8px 0; padding: 12px 14px; background: var(--panel); border-radius: 3px; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; unicode-bidi: isolate; }
.scroll { overflow-x: auto; }
code { white-space: nowrap; }
pre code, .refusal code { white-space: normal; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; line-height: 1.45; }
th, td { text-align: left; padding: 6px 16px 6px 0; border-bottom: 1px solid var(--rule); vertical-align: baseline; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 500; color: var(--soft); font-size: 12.5px; border-bottom-color: var(--removed-line); white-space: nowrap; }
th, td { overflow-wrap: anywhere; min-width: 3.5em; }
thead th { overflow-wrap: normal; }
th.n, td.n { text-align: right; white-space: nowrap; }
tbody th { font-weight: 400; }
table.fit { width: auto; } table.fit th, table.fit td { padding-right: 28px; }
details > summary { cursor: pointer; color: var(--soft); font-size: 13.5px; padding: 4px 0; width: fit-content; }
details > summary:hover { color: var(--kept); }
details[open] > summary { color: var(--ink); margin-bottom: 6px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 12.5px; color: var(--soft); margin: 0 0 10px; }
.legend span { display: inline-flex; align-items: center; gap: 7px; }
.legend svg { flex: none; }
svg { font-family: var(--sans); }
svg.plot { display: block; max-width: 100%; height: auto; overflow: visible; font-variant-numeric: tabular-nums; }
svg.plot .mono { font-family: var(--mono); }
.kept { fill: var(--kept); } .removed { fill: var(--removed); }
.narrow { display: none; }
.switch > input { position: absolute; opacity: 0; pointer-events: none; }
.switch > label { display: inline-block; font-size: 12.5px; color: var(--soft); padding: 0 0 1px; margin-right: 14px; cursor: pointer; border-bottom: 1px solid transparent; }
.switch > input:checked + label { color: var(--ink); border-bottom-color: var(--kept); }
.switch > input:focus-visible + label { outline: 2px solid var(--kept); outline-offset: 2px; }
.switch > .panel { display: none; }
.switch > input:nth-of-type(1):checked ~ .panel:nth-of-type(1), .switch > input:nth-of-type(2):checked ~ .panel:nth-of-type(2),
.switch > input:nth-of-type(3):checked ~ .panel:nth-of-type(3) { display: block; }
@media (max-width: 900px) {
  section.view { grid-template-columns: minmax(0, 1fr); gap: 18px; padding: 30px 0 38px; }
  section.view > .head { position: static; }
}
@media (max-width: 640px) {
  main, header.page, footer.page { padding-left: 20px; padding-right: 20px; }
  header.page { padding-top: 28px; }
  .wide { display: none; } .narrow { display: block; }
}
@media print {
  @page { margin: 16mm 14mm; }
  body { font-size: 10.5pt; }
  header.page nav { display: none; }
  main, header.page, footer.page { max-width: none; padding-left: 0; padding-right: 0; }
  section.view { grid-template-columns: minmax(0, 1fr); gap: 10px; padding: 18px 0 22px; }
  section.view > .head { position: static; break-after: avoid; }
  svg.plot, tr, .tile { break-inside: avoid; }
  .wide { display: block !important; } .narrow { display: none !important; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
