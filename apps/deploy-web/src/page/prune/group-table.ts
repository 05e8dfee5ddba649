// The groups of a network: what goes together, how wide it is and would become, what stays and why.

import { REASONS } from "@espalier/core";
import { element, fill, proportionBar } from "@espalier/page";
import { formatExact, formatNumberOf, visibleName, visibleText } from "@espalier/report/text";
import type { OpenedModel, PageGroup, Prediction } from "./tasks.js";

/** A page with more rows than this is of no use to anybody. */
const MOST_ROWS = 300;
const MOST_MEMBERS = 60;

export interface GroupTable {
  readonly root: HTMLElement;
  readonly show: (prediction: Prediction) => void;
}

export function groupTable({ groups, dense }: OpenedModel): GroupTable {
  const prunable = groups.filter(({ frozen }) => frozen === null);
  const frozen = groups.filter((group) => group.frozen !== null);
  const rows = prunable.slice(0, MOST_ROWS).map(prunableRow);
  const root = element(
    "div",
    {},
    element(
      "p",
      {},
      prunable.length === 0
        ? "Nothing in this network can be pruned; the reasons are below."
        : `${formatNumberOf(prunable.length, "group")} of units that can only go together. Whatever hangs on a unit goes with it.`,
    ),
    prunable.length > 0 &&
      element(
        "div",
        { class: "scroll groups", tabindex: 0, role: "region", "aria-label": "groups" },
        element(
          "table",
          {},
          element(
            "thead",
            {},
            element(
              "tr",
              {},
              ...["Group", "Units", "After", ""].map((text, i) =>
                element("th", { scope: "col", class: i === 1 || i === 2 ? "n" : null }, text),
              ),
            ),
          ),
          element("tbody", {}, ...rows.map(({ row }) => row)),
        ),
      ),
    prunable.length > MOST_ROWS &&
      element("p", { class: "note" }, `and ${formatExact(prunable.length - MOST_ROWS)} more`),
    staysDense(frozen, dense),
  );
  return {
    root,
    show: ({ widths }) => {
      for (const { group, update } of rows) update(widths[group.id] ?? group.width);
    },
  };
}

function prunableRow(group: PageGroup): {
  readonly group: PageGroup;
  readonly row: HTMLElement;
  readonly update: (after: number) => void;
} {
  const { id, width, kind, members } = group;
  const after = element("td", { class: "n after" }, width);
  const bar = element("td", { class: "bar" }, proportionBar(width, width));
  const row = element(
    "tr",
    { "data-group": id },
    element(
      "th",
      { scope: "row" },
      element(
        "details",
        {},
        element("summary", {}, element("span", { class: "name" }, visibleName(id, 48))),
        element(
          "ul",
          { class: "members" },
          ...members
            .slice(0, MOST_MEMBERS)
            .map(({ name, axis, role }) =>
              element(
                "li",
                {},
                `${role} `,
                element("span", { class: "name" }, visibleName(name, 60)),
                `, axis ${axis}`,
              ),
            ),
          members.length > MOST_MEMBERS &&
            element("li", {}, `and ${formatExact(members.length - MOST_MEMBERS)} more`),
        ),
      ),
    ),
    element("td", { class: "n", title: `${kind} units` }, width),
    after,
    bar,
  );
  const update = (now: number): void => {
    fill(after, now);
    after.classList.toggle("same", now === width);
    fill(bar, proportionBar(width, now));
  };
  return { group, row, update };
}

/** By reason: what it means, what it is about, what would unblock it. */
function staysDense(frozen: readonly PageGroup[], dense: OpenedModel["dense"]): HTMLElement | null {
  const byCode = new Map<string, Set<string>>();
  const add = (code: string, about: string): void => {
    byCode.set(code, (byCode.get(code) ?? new Set()).add(about));
  };
  for (const { id, frozen: reason } of frozen) if (reason !== null) add(reason.code, id);
  for (const { code, group, node } of dense) add(code, group ?? node ?? "the network");
  if (byCode.size === 0) return null;
  return element(
    "details",
    { class: "dense" },
    element("summary", {}, "What stays dense, and why"),
    element(
      "dl",
      {},
      ...[...byCode].flatMap(([code, about]) => [
        element("dt", {}, element("code", {}, code), ` ${formatExact(about.size)}`),
        element("dd", {}, ...reasonOf(code), element("p", { class: "note" }, namesOf([...about]))),
      ]),
    ),
  );
}

function reasonOf(code: string): HTMLElement[] {
  if (!Object.hasOwn(REASONS, code)) return [];
  const { text, unblock } = REASONS[code as keyof typeof REASONS];
  return [element("p", {}, text), element("p", { class: "note" }, visibleText(unblock))];
}

function namesOf(names: readonly string[]): HTMLElement {
  const more = names.length > 8 ? `, and ${names.length - 8} more` : "";
  return element(
    "span",
    { class: "name" },
    names
      .slice(0, 8)
      .map((name) => visibleName(name, 40))
      .join(", ") + more,
  );
}
