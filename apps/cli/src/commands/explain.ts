// espalier explain: a code in a paragraph.

import { REASONS } from "@espalier/core";
import { ERROR_CODES, EspalierError } from "@espalier/ir";
import type { Command } from "commander";
import type { CommandSession } from "../session.js";

export function explainCommand(program: Command, session: () => CommandSession): void {
  program
    .command("explain")
    .argument("<code>", "an error or reason code, such as RESHAPE_NOT_FACTORABLE")
    .description("a reason or error code in a paragraph")
    .addHelpText("after", "\nExample\n  espalier explain GRAPH_OUTPUT")
    .action((code: string) => {
      const { output } = session();
      const errors: Readonly<Record<string, string>> = ERROR_CODES;
      const reasons: Readonly<Record<string, { readonly text: string; readonly unblock: string }>> = REASONS;
      const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
      const text = Object.hasOwn(errors, code) ? errors[code] : undefined;
      if (reason === undefined && text === undefined) {
        throw new EspalierError("INVALID_OPTION", "There is no such code", {
          expected: [...Object.keys(errors), ...Object.keys(reasons)].sort().join(", "),
          found: code,
        });
      }
      const paragraphs = [text, reason?.text, reason && `What would unblock it: ${reason.unblock}`].filter(
        (part) => part !== undefined,
      );
      output.result(`${code}\n\n${paragraphs.join("\n\n")}`, {
        code,
        text: text ?? reason?.text,
        unblock: reason?.unblock ?? null,
      });
    });
}
