import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addArtefactOption, readArtefact, requireOnly } from "./artefact.js";
import { addPruningOptions } from "./pruning-options.js";

function checked(...args: string[]): void {
  const command = addPruningOptions(addArtefactOption(new Command()))
    .option("--out <dir>")
    .option("--sample <image>");
  command.parse(args, { from: "user" });
  requireOnly(command, ["sample"]);
}

describe("what was pruned already", () => {
  it("takes no option about pruning, and says which were given", () => {
    expect(() => checked("--from", "a", "--out", "b", "--sample", "c.png")).not.toThrow();
    expect(() => checked("--from", "a", "--ratio", "0.3", "--step", "4")).toThrow("--ratio, --step");
    expect(() => checked("--from", "a", "--seed", "1")).toThrow("INVALID_OPTION");
  });

  it("has to be there", async () => {
    const source = { target: "cpu", bytes: new Uint8Array(), external: { read: () => new Uint8Array() } };
    const host = { sha256: async () => "" };
    await expect(readArtefact(null, source as never, host)).rejects.toThrow("NOT_FOUND");
  });
});
