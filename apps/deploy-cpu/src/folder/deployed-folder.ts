// Opens a deployed folder. The receipt says what the model's bytes are; other bytes are not served.

import { join } from "node:path";
import { type Receipt, readReceipt } from "@espalier/core";
import { asInputError } from "@espalier/deploy";
import { EspalierError, quoteName } from "@espalier/ir";
import { nodeHost, readModelFile } from "@espalier/runtime-node";
import { DENSE_ROLE } from "./names.js";

export interface DeployedModel {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

export interface DeployedFolder {
  readonly folder: string;
  readonly receipt: Receipt;
  readonly model: DeployedModel;
}

/**
 * Reads the receipt and one of the two models.
 *
 * @throws EspalierError `NOT_FOUND`, `IO`, `INVALID_RECEIPT`, `MISMATCH`; `INVALID_OPTION` when there is no such model
 */
export async function openDeployedFolder(folder: string, which: "pruned" | "dense"): Promise<DeployedFolder> {
  const receipt = readReceipt(await readModelFile(join(folder, "receipt.json")));
  const listed =
    which === "pruned" ? receipt.artefact : receipt.files.find(({ role }) => role === DENSE_ROLE);
  if (listed === null || listed === undefined)
    throw new EspalierError("INVALID_OPTION", `The folder holds no ${which} model`, {
      where: quoteName(folder),
      unblock:
        which === "pruned"
          ? "Nothing could be pruned there: its report says why."
          : "Deploy the model anew with this program, which keeps the dense baseline.",
    });
  const path = join(folder, ...listed.path.split("/"));
  const bytes = await readModelFile(path);
  const sha256 = await nodeHost().sha256(bytes);
  if (sha256 !== listed.sha256)
    throw asInputError(
      new EspalierError("MISMATCH", "The model is not the one that the receipt speaks of", {
        where: quoteName(path),
        expected: listed.sha256,
        found: sha256,
        unblock: "Deploy the model anew.",
      }),
    );
  return { folder, receipt, model: { path, bytes, sha256 } };
}
