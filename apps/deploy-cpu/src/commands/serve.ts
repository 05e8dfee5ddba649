// serve DIR: the HTTP server on a deployed folder, until SIGTERM or SIGINT.

import { basename } from "node:path";
import { VERSION } from "@espalier/core";
import type { Invocation } from "@espalier/deploy";
import { EXIT, userPath } from "@espalier/deploy";
import { type NodeRuntime, nodeRuntime } from "@espalier/runtime-node";
import type { Command } from "commander";
import { type DeployedFolder, openDeployedFolder } from "../folder/deployed-folder.js";
import { ModelPool } from "../infer/model-pool.js";
import { portOf } from "../infer/port.js";
import { type Log, openLog } from "../log/log.js";
import { addServingOptions, type ServingFlags, serverLimits } from "../options/serving.js";
import type { ServerLimits } from "../server/limits.js";
import type { ServedModel } from "../server/served-model.js";
import { type ModelServer, startServer } from "../server/server.js";

const EXIT_MS = 2000;

export function serveCommand(program: Command, _: Invocation): void {
  const command = program
    .command("serve")
    .argument("<dir>", "a deployed folder")
    .description("serve its model over HTTP until SIGTERM");
  addServingOptions(command)
    .addHelpText("after", "\nExample\n  npm run -s deploy-cpu -- serve deployed --port 8080")
    .action((dir: string, flags: ServingFlags) => serve(userPath(dir), flags));
}

async function serve(dir: string, flags: ServingFlags): Promise<void> {
  const log = openLog();
  // From here on a signal is a wish to stop, also while the model is still loading.
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.on(signal, () => resolve(signal));
    }
  });
  const limits = serverLimits(flags);
  const deployed = await openDeployedFolder(dir, flags.dense ? "dense" : "pruned");
  const model = await openModel(deployed, flags, limits, log);
  let server: ModelServer;
  try {
    server = await startServer({
      model,
      host: flags.host,
      port: flags.port,
      names: flags.anyName ? null : (flags.name ?? []),
      limits,
      log,
    });
  } catch (error) {
    await model.pool.close();
    throw error;
  }
  log.event("listening", {
    address: server.address,
    port: server.port,
    pid: process.pid,
    model: basename(deployed.model.path),
    sha256: model.sha256,
    workers: model.workers,
    espalier: VERSION,
    runtime: model.runtime,
  });
  const signal = await stopped;
  // A second signal does not wait.
  for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, () => process.exit(EXIT.interrupted));
  await server.stop();
  log.event("stopped", { signal });
  await log.flush();
  process.exitCode = EXIT.done;
  // Nothing should be left; if something is, it must not keep us.
  setTimeout(() => process.exit(), EXIT_MS).unref();
}

async function openModel(
  { model, receipt }: DeployedFolder,
  { dense, workers }: ServingFlags,
  { queue, deadlineMs, responseBytes }: ServerLimits,
  log: Log,
): Promise<ServedModel> {
  const runtime: NodeRuntime = nodeRuntime({ threads: 1 });
  // One process to learn the ports from; it serves, too.
  const load = { threads: 1, spinning: false, timeoutMs: deadlineMs, outputBytes: responseBytes };
  const first = await runtime.loadUntrusted(model.bytes, load);
  try {
    const inputs = first.inputs.map(portOf);
    const outputs = first.outputs.map(portOf);
    let given = false;
    const open = (): ReturnType<NodeRuntime["loadUntrusted"]> => {
      if (given) return runtime.loadUntrusted(model.bytes, load);
      given = true;
      return Promise.resolve(first);
    };
    const pool = await ModelPool.start({ size: workers, queue, deadlineMs, open, log });
    return {
      title: basename(receipt.source.path),
      receipt,
      sha256: model.sha256,
      bytes: model.bytes.byteLength,
      dense: dense ?? false,
      inputs,
      outputs,
      pool,
      workers,
      runtime: runtime.name,
    };
  } catch (error) {
    await first.dispose();
    throw error;
  }
}
