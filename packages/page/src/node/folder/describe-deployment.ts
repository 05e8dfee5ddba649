// deployment.json from what a run gave.

import { isUnavailable, type Receipt, type SizeBytes } from "@espalier/core";
import { nodeHost } from "@espalier/runtime-node";
import type { DeployedModel, Deployment } from "../../demo/deployment.js";

export interface DeploymentParts {
  readonly title: string;
  readonly request: string;
  readonly receipt: Receipt;
  readonly original: { readonly path: string; readonly bytes: Uint8Array };
  readonly pruned: { readonly path: string; readonly bytes: Uint8Array };
  readonly card: Deployment["card"];
  readonly samples: readonly string[];
  readonly engines: Deployment["engines"];
  readonly scripts?: Deployment["scripts"];
}

export async function describeDeployment(parts: DeploymentParts): Promise<Deployment> {
  const { receipt, title, request, card, samples, engines, scripts } = parts;
  const { parity, latency, macs, params } = receipt;
  const proven = parity !== null && !isUnavailable(parity) ? parity : null;
  const timed = latency !== null && !isUnavailable(latency) ? latency : null;
  return {
    schema: 1,
    title,
    request,
    original: await deployedModel(parts.original),
    pruned: await deployedModel(parts.pruned),
    card,
    samples,
    engines,
    ...(scripts === undefined ? {} : { scripts }),
    parity:
      proven === null
        ? null
        : { maxRel: proven.maxRel, inputs: proven.inputs, runtime: receipt.versions.runtime ?? "" },
    macs,
    params,
    latency:
      timed === null
        ? null
        : {
            beforeMs: timed.before.medianMs,
            afterMs: timed.after.medianMs,
            speedup: timed.speedup,
            runtime: timed.after.runtime,
          },
  };
}

async function deployedModel({ path, bytes }: DeploymentParts["original"]): Promise<DeployedModel> {
  const host = nodeHost();
  const size: SizeBytes = {
    raw: bytes.byteLength,
    gzip: (await host.gzipSize?.([bytes])) ?? null,
    brotli: (await host.brotliSize?.([bytes])) ?? null,
  };
  return { path, sha256: await host.sha256(bytes), size };
}
