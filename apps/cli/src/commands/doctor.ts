// espalier doctor: what this machine can do, in a form to paste into a report.

import { existsSync, readFileSync, statfsSync } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { delimiter, join } from "node:path";
import { modelBytes, VERSION } from "@espalier/core";
import { DataType, floatTensor, GraphBuilder, isEspalierError } from "@espalier/ir";
import type { Command } from "commander";
import { userPath } from "../options/values.js";
import { table } from "../output/table.js";
import type { CommandSession } from "../session.js";

export function doctorCommand(program: Command, session: () => CommandSession): void {
  program
    .command("doctor")
    .description("engine, threads, tools, and what each target can do here")
    .addHelpText("after", "\nExample\n  espalier doctor --json")
    .action(async () => {
      const run = session();
      const engine = await probeEngine(run);
      const disk = statfsSync(userPath("."));
      const facts = {
        espalier: VERSION,
        node: process.versions.node,
        platform: `${process.platform} ${process.arch}`,
        processor: cpus()[0]?.model ?? "unknown",
        cores: `${cpus().length}, ${availableParallelism()} usable`,
        features: cpuFeatures(),
        memory: `${gigabytes(freemem())} of ${gigabytes(totalmem())} free`,
        disk: `${gigabytes(disk.bavail * disk.bsize)} free here`,
        engine: engine.text,
        prlimit: found("prlimit") ?? "not found: models of unknown origin are stopped at their deadline only",
        setpriv: found("setpriv") ?? "not found: a killed command may leave a running model behind",
        strace: found("strace") ?? "not found: only Espalier's own crash tests need it",
        chromium:
          process.env.ESPALIER_CHROMIUM || (found("chromium") ?? found("google-chrome") ?? "not found"),
        trtexec: found("trtexec") ?? "not found",
      };
      const targets = {
        cpu: engine.works ? "prune, prove, measure" : "read and plan only: the native engine does not run",
        web: "not in this version",
        tflite: "not in this version",
        tensorrt: "not in this version",
      };
      const rows = [
        ...Object.entries(facts),
        ["", ""],
        ...Object.entries(targets).map(([name, text]) => [`target ${name}`, text]),
      ];
      run.output.result(table(rows.map(([name = "", value]) => [`${name.padEnd(17)}${value}`])), {
        ...facts,
        targets,
      });
    });
}

async function probeEngine(run: CommandSession): Promise<{ works: boolean; text: string }> {
  try {
    const { runtime } = await run.engine();
    const builder = new GraphBuilder();
    const x = builder.input("x", [1], DataType.FLOAT);
    builder.output(builder.op("Add", [x, builder.weight("w", floatTensor([1], [2]))]), "y");
    const session = await runtime.loadUntrusted(modelBytes(builder.model()));
    try {
      const { y } = await session.run({
        x: { dataType: DataType.FLOAT, dims: [1], data: Float32Array.of(40) },
      });
      const works = y?.data[0] === 42;
      return {
        works,
        text: `${runtime.name}, ${runtime.capabilities.engine}, ${runtime.capabilities.threads} threads${works ? "" : ", but it computes wrongly"}`,
      };
    } finally {
      await session.dispose();
    }
  } catch (error) {
    if (isEspalierError(error)) return { works: false, text: error.message };
    throw error;
  }
}

/** What matters to the kernels of ONNX Runtime; Linux alone says. */
function cpuFeatures(): string {
  const wanted =
    /^(sse4_2|avx|avx2|fma|f16c|avx512f|avx512_vnni|avx_vnni|avx512_bf16|amx_int8|asimd|asimddp|i8mm|sve)$/;
  try {
    const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "";
    const features = line.split(" ").filter((flag) => wanted.test(flag));
    return features.length > 0 ? features.join(" ") : "unknown";
  } catch {
    return "unknown: this system has no /proc/cpuinfo";
  }
}

function found(name: string): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
