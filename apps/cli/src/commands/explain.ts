// espalier explain: a code in a paragraph.

import { EspalierError, quoteName } from "@espalier/ir";
import type { Command } from "commander";
import { explanations } from "../explain/codes.js";
import type { CommandSession } from "../session.js";

export function explainCommand(program: Command, session: () => CommandSession): void {
  program
    .command("explain")
    .argument("<code>", "an error or reason code, such as RESHAPE_NOT_FACTORABLE")
    .description("a reason or error code in a paragraph")
    .addHelpText("after", "\nExample\n  espalier explain GRAPH_OUTPUT")
    .action(async (code: string) => {
      const { output } = session();
      const known = await explanations();
      const found = known.get(code);
      if (found === undefined) {
        const near = nearest(code, [...known.keys()]);
        throw new EspalierError("INVALID_OPTION", "There is no such code", {
          found: quoteName(code),
          unblock: near === null ? "Codes stand in errors and receipts." : `Did you mean ${near}?`,
        });
      }
      const { texts, unblock } = found;
      const paragraphs = [code, ...texts, ...(unblock === null ? [] : [`What would unblock it: ${unblock}`])];
      output.result(paragraphs.join("\n\n"), { code, text: texts[0], unblock });
    });
}

/** The name that takes the fewest edits, when few are enough. */
function nearest(text: string, names: readonly string[]): string | null {
  const wanted = text.slice(0, 60).toUpperCase().replaceAll("-", "_");
  const [best] = names
    .map((name) => ({ name, edits: editDistance(wanted, name) }))
    .sort((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1));
  return best !== undefined && best.edits <= Math.max(2, wanted.length / 3) ? best.name : null;
}

/** Levenshtein's distance, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
