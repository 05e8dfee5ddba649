// receipt.json: its text, and the seal over it. The seal finds a receipt that was changed by accident or by
// hand; it does not stop a forger, who can compute it anew. That is what running the claims again is for.

import type { Host } from "../runtime.js";
import type { Receipt } from "./receipt.js";

/** Role of files made from the receipt, which show its seal and so cannot be under it. */
export const REPORT_ROLE = "report";

/** The receipt with its seal: the digest of all of it but the reports among `files` and the seal itself. */
export async function sealReceipt(receipt: Receipt, host: Pick<Host, "sha256">): Promise<Receipt> {
  const { seal: _, ...rest } = receipt;
  const sealed = { ...rest, files: rest.files.filter(({ role }) => role !== REPORT_ROLE) };
  return { ...rest, seal: await host.sha256(new TextEncoder().encode(receiptText(sealed))) };
}

/** The bytes of `receipt.json` are the UTF-8 of this. */
export function receiptText(receipt: Receipt): string {
  return `${JSON.stringify(receipt, null, 2)}\n`;
}
