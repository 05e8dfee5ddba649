import { readFileSync } from "node:fs";
import { OP_HANDLERS } from "@espalier/core";
import { OP_DEFINITIONS } from "@espalier/ir";
import { TFLITE_LOWERINGS } from "@espalier/tflite";
import { GRADIENT_RULES } from "@espalier/train";
import { describe, expect, it } from "vitest";
import { SUPPORT_FILE, supportTable } from "../../scripts/support-table.mjs";

describe("docs/support.md", () => {
  it("is what scripts/support-table.mjs makes of the operators", () => {
    expect(readFileSync(SUPPORT_FILE, "utf8")).toBe(
      supportTable(OP_DEFINITIONS, OP_HANDLERS, GRADIENT_RULES, TFLITE_LOWERINGS),
    );
  });

  it("tells what is sliced, what trains, what has a form in TFLite, what is known and stays dense, and what is easy to add", () => {
    const line = (name: string) =>
      supportTable(OP_DEFINITIONS, OP_HANDLERS, GRADIENT_RULES, TFLITE_LOWERINGS)
        .split("\n")
        .find((one) => one.startsWith(`| \`${name}\` `))
        ?.replace(/ +/g, " ");
    expect(line("Conv")).toBe("| `Conv` | ✓ | ✓ | ✓ | ✓ | neutral | ✓ | ✓ | ✓ | |");
    expect(line("LayerNormalization")).toBe("| `LayerNormalization` | ✓ | ✓ | ✓ | | kept | | ✓ | ✓ | |");
    expect(line("LSTM")).toBe("| `LSTM` | ✓ | ✓ | | | | | | | `RECURRENT` |");
    expect(line("If")).toBe("| `If` | ✓ | ✓ | | | | | | | `CONTROL_FLOW` |");
    expect(line("CumSum")).toBe("| `CumSum` | ✓ | ✓ | | | | | | ✓ | `UNKNOWN_OP`, _easy to add_ |");
  });
});
