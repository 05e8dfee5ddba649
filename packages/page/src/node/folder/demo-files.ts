// Everything of a demo page beside the artefact: the dense network, the card, samples, the site; the receipt lists all.

import type { TargetResult } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import type { NamedFile } from "@espalier/report";
import { DEPLOYMENT_FILE, type Deployment } from "../../demo/deployment.js";
import { type SiteParts, siteFiles } from "../site/site-files.js";
import { describeDeployment } from "./describe-deployment.js";
import type { FoundCard } from "./find-card.js";
import { CARD_FILE, CARD_ROLE, DENSE_ROLE, PAGE_ROLE } from "./names.js";
import type { SampleImage } from "./sample-images.js";

export interface DemoFiles {
  readonly result: TargetResult;
  /** What people call the network. */
  readonly title: string;
  /** What was asked for, in words. */
  readonly request: string;
  /** The network with nothing removed, as the page loads it. */
  readonly dense: { readonly path: string; readonly bytes: Uint8Array };
  /** null where the network takes no image. */
  readonly card: FoundCard | null;
  readonly samples: readonly SampleImage[];
  readonly engines: Deployment["engines"];
  readonly scripts?: Deployment["scripts"];
  /** The pages; what they say follows from the deployment. */
  site(deployment: Deployment): SiteParts;
}

export async function demoFiles(parts: DemoFiles): Promise<NamedFile[]> {
  const { result, title, request, dense, card, samples, engines, scripts } = parts;
  const pruned = result.files.find(({ role }) => role === "model");
  if (pruned === undefined) throw new EspalierError("MISMATCH", "the target gave no model");
  const deployment = await describeDeployment({
    title,
    request,
    receipt: result.receipt,
    original: dense,
    pruned,
    card: card === null ? null : { path: CARD_FILE, origin: card.origin },
    samples: samples.map(({ path }) => path),
    engines,
    ...(scripts === undefined ? {} : { scripts }),
  });
  const json = new TextEncoder().encode(`${JSON.stringify(deployment, null, 2)}\n`);
  const page = ({ path, bytes }: SampleImage): NamedFile => ({ path, bytes, role: PAGE_ROLE });
  return [
    { ...dense, role: DENSE_ROLE },
    ...(card === null ? [] : [{ path: CARD_FILE, role: CARD_ROLE, bytes: card.bytes }]),
    page({ path: DEPLOYMENT_FILE, bytes: json }),
    ...samples.map(page),
    ...siteFiles(parts.site(deployment)).map(page),
  ];
}
