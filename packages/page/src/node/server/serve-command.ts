// serve DIR: the pages with their headers, until SIGTERM or SIGINT.

import type { Invocation } from "@espalier/deploy";
import { collect, userPath, wholeNumber } from "@espalier/deploy";
import { EspalierError } from "@espalier/ir";
import { type Command, Option } from "commander";
import { openFileTable } from "./file-table.js";
import { startServer } from "./server.js";

interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly headers: "isolated" | "none";
  readonly name?: readonly string[];
}

export function serveCommand(program: Command, invocation: Invocation): void {
  program
    .command("serve")
    .argument("<dir>", "a deployed folder")
    .description("serve its pages until SIGTERM")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <n>", "port to listen on; 0 for any", wholeNumber(0, 65_535), 8080)
    .option("--name <host>", "a further name that it may be called by (repeatable)", collect)
    .addOption(
      new Option("--headers <which>", "isolated: threads are possible; none: as a host without settings does")
        .choices(["isolated", "none"])
        .default("isolated"),
    )
    .addHelpText("after", `\nExample\n  npm run -s ${program.name()} -- serve page --port 8080`)
    .action((dir: string, flags: ServeFlags) => serve(userPath(dir), program.name(), flags, invocation));
}

async function serve(
  folder: string,
  program: string,
  flags: ServeFlags,
  { note }: Invocation,
): Promise<void> {
  const { host, port, headers, name = [] } = flags;
  const stopped = new Promise<void>((stop) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop());
  });
  const table = await openFileTable(folder, program);
  const onFailure = (error: unknown): void => note(error instanceof Error ? error.message : String(error));
  const isolated = headers === "isolated";
  const server = await startServer(table, { host, port, isolated, names: name, onFailure }).catch((cause) => {
    throw new EspalierError(
      "UNAVAILABLE",
      "The server cannot listen",
      { where: `${host}:${port}`, found: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  });
  process.stdout.write(`${server.url}\n`);
  note(
    `${table.size} files; ${isolated ? "isolated from other origins, so the engine may use threads" : "no isolation, so one thread"}. Ctrl-C stops it.`,
  );
  await stopped;
  await server.close();
}
