// deployment.json: what the demo page shows. Written by the command, read by the page.

import type { Change, SizeBytes } from "@espalier/core";

export interface DeployedModel {
  /** Relative to the page. */
  readonly path: string;
  readonly sha256: string;
  readonly size: SizeBytes;
}

export interface DeployedCard {
  readonly path: string;
  /**
   * `written`: somebody wrote it; `folder`: from a preprocessor_config.json; `assumed`: nobody said anything, and the
   * input looks like an image.
   */
  readonly origin: "written" | "folder" | "assumed";
}

export interface Deployment {
  readonly schema: 1;
  readonly title: string;
  /** What was asked for, in words. */
  readonly request: string;
  /** The network with the same clean-ups and nothing removed. */
  readonly original: DeployedModel;
  readonly pruned: DeployedModel;
  /** null where the network takes no image. */
  readonly card: DeployedCard | null;
  /** Images to try, relative to the page. */
  readonly samples: readonly string[];
  /** What a page fetches once for each engine; the first is the one it begins with. */
  readonly engines: Readonly<Record<string, SizeBytes>>;
  /** Worker scripts of engines that lie beside the page, relative to it, by engine. */
  readonly scripts?: Readonly<Record<string, string>>;
  readonly parity: { readonly maxRel: number; readonly inputs: number; readonly runtime: string } | null;
  readonly macs: Change;
  readonly params: Change;
  /** As measured when it was deployed; null when it was not. */
  readonly latency: {
    readonly beforeMs: number;
    readonly afterMs: number;
    readonly speedup: number | null;
    readonly runtime: string;
  } | null;
}

export const DEPLOYMENT_FILE = "deployment.json";
