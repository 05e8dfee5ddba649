// The files of a receipt: are they the bytes it says, and does it agree with itself and with its plan?

import type { PruningPlan } from "../plan/plan.js";
import type { Host } from "../runtime.js";
import { type Claim, compared, comparedData, fails, recorded, unchecked } from "./claim.js";
import type { Receipt } from "./receipt.js";
import { sealReceipt } from "./seal.js";

/** The seal, every listed file, and that model and plan are among them. */
export async function fileClaims(
  receipt: Receipt,
  files: ReadonlyMap<string, Uint8Array>,
  host: Pick<Host, "sha256">,
): Promise<Claim[]> {
  const claims: Claim[] = [await sealClaim(receipt, host)];
  for (const { path, sha256, bytes } of receipt.files) {
    const found = files.get(path);
    claims.push(
      found === undefined
        ? fails(`file ${path}`, digestText(bytes, sha256), "no such file")
        : compared(
            `file ${path}`,
            digestText(bytes, sha256),
            digestText(found.byteLength, await host.sha256(found)),
          ),
    );
  }
  const { artefact, plan } = receipt;
  const listed = (path: string | undefined): string =>
    receipt.files.find((file) => file.path === path)?.sha256 ?? "not listed";
  if (artefact !== null)
    claims.push(compared("the artefact is a listed file", artefact.sha256, listed(artefact.path)));
  if (plan !== null) claims.push(compared("the plan is a listed file", plan.sha256, listed(plan.path)));
  return claims;
}

async function sealClaim(receipt: Receipt, host: Pick<Host, "sha256">): Promise<Claim> {
  if (receipt.seal === undefined) return recorded("seal", "none: the receipt was not sealed");
  return compared("seal", receipt.seal, (await sealReceipt(receipt, host)).seal ?? "");
}

/** The source: the same bytes, or not at hand. */
export async function sourceClaim(
  { source }: Receipt,
  bytes: Uint8Array | null,
  host: Pick<Host, "sha256">,
): Promise<Claim> {
  const expected = digestText(source.bytes, source.sha256);
  if (bytes === null) return unchecked("source", expected, "not given and not found");
  return compared("source", expected, digestText(bytes.byteLength, await host.sha256(bytes)));
}

/** What receipt and plan both say. */
export function planClaim(receipt: Receipt, plan: PruningPlan): Claim {
  return comparedData(
    "plan and receipt agree",
    pick(receipt.source.sha256, receipt),
    pick(plan.source.sha256, plan),
  );
}

function pick(
  source: string,
  { target, seed, bindings }: Pick<Receipt, "target" | "seed" | "bindings">,
): unknown {
  return { source, target, seed, bindings };
}

function digestText(bytes: number, sha256: string): string {
  return `${bytes} bytes, sha256 ${sha256}`;
}
