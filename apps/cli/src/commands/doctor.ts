// espalier doctor: what this machine can do, in a form to paste into a report.

import { existsSync, readFileSync, statfsSync } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { delimiter, join } from "node:path";
import { isUnavailable, modelBytes, type Runtime, VERSION } from "@espalier/core";
import { DataType, floatTensor, GraphBuilder, isEspalierError } from "@espalier/ir";
import type { WebGpuAdapter } from "@espalier/runtime-web";
import type { Command } from "commander";
import { userPath } from "../options/values.js";
import { table } from "../output/table.js";
import type { CommandSession } from "../session.js";
import { openDeployment } from "../target.js";

export function doctorCommand(program: Command, session: () => CommandSession): void {
  program
    .command("doctor")
    .description("engine, threads, tools, and what each target can do here")
    .addHelpText("after", "\nExample\n  espalier doctor --json")
    .action(async () => {
      const run = session();
      const engine = await probeEngine(run);
      const browser = await probeBrowser();
      const interpreter = await probeInterpreter();
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
        chromium: browser.text,
        webgpu: browser.webgpu,
        interpreter: interpreter.text,
        trtexec: found("trtexec") ?? "not found",
      };
      const targets = {
        cpu: engine.works ? "prune, prove, measure" : "read and plan only: the native engine does not run",
        web: webText(engine.works, browser),
        tflite: tfliteText(engine.works, interpreter),
        tensorrt: engine.works
          ? "prune, prove, write; TensorRT itself times it elsewhere (deploy-tensorrt)"
          : "read and plan only: the native engine does not run",
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
    const works = await addsTwo(runtime);
    return {
      works,
      text: `${runtime.name}, ${runtime.capabilities.engine}, ${runtime.capabilities.threads} threads${works ? "" : ", but it computes wrongly"}`,
    };
  } catch (error) {
    if (isEspalierError(error)) return { works: false, text: error.message };
    throw error;
  }
}

/** Whether 40 + 2 is 42 there. */
async function addsTwo(runtime: Runtime): Promise<boolean> {
  const builder = new GraphBuilder();
  const x = builder.input("x", [1], DataType.FLOAT);
  builder.output(builder.op("Add", [x, builder.weight("w", floatTensor([1], [2]))]), "y");
  const session = await runtime.loadUntrusted(modelBytes(builder.model()));
  try {
    const { y } = await session.run({
      x: { dataType: DataType.FLOAT, dims: [1], data: Float32Array.of(40) },
    });
    return y?.data[0] === 42;
  } finally {
    await session.dispose();
  }
}

interface BrowserProbe {
  /** Models run in it. */
  readonly works: boolean;
  readonly text: string;
  readonly webgpu: string;
  /** What would help where it does not work. */
  readonly unblock: string | null;
}

/** Opens the Chromium that `--target web` measures in. */
async function probeBrowser(): Promise<BrowserProbe> {
  const module = await import("@espalier/runtime-web/node").catch(() => null);
  if (module === null) {
    const unblock = "Install its engine: npm i @espalier/runtime-web playwright-core";
    return { works: false, text: `not looked for. ${unblock}`, webgpu: "unknown", unblock };
  }
  const report = await module.probeChromium();
  if (isUnavailable(report))
    return {
      works: false,
      text: `not usable. ${report.unblock}`,
      webgpu: "unknown",
      unblock: report.unblock,
    };
  const { executablePath, version, threads, webgpu } = report;
  return {
    works: true,
    text: `${version}, ${executablePath}, ${threads} thread${threads === 1 ? "" : "s"} in an isolated page`,
    webgpu: isUnavailable(webgpu) ? `none. ${webgpu.unblock}` : adapterText(webgpu),
    unblock: null,
  };
}

function adapterText({ vendor, architecture, software }: WebGpuAdapter): string {
  const name = [vendor, architecture].filter((part) => part !== "").join(" ") || "an adapter";
  return `${name}${software ? ", on the CPU: outputs are compared, times are refused" : ""}`;
}

function webText(native: boolean, { works, unblock }: BrowserProbe): string {
  if (works)
    return `prune, prove, measure in this Chromium${native ? "" : "; nothing else here runs models"}`;
  return `read and plan only. ${unblock}`;
}

/** The interpreter of TFLite files, asked by a file that adds 2. */
async function probeInterpreter(): Promise<{ works: boolean; text: string }> {
  const deployment = await openDeployment("tflite");
  if (deployment === null || isUnavailable(deployment))
    return { works: false, text: `not found. ${deployment?.unblock ?? ""}` };
  try {
    const works = await addsTwo(deployment);
    return { works, text: `${deployment.name}${works ? "" : ", but it computes wrongly"}` };
  } catch (error) {
    if (isEspalierError(error)) return { works: false, text: error.message };
    throw error;
  }
}

function tfliteText(native: boolean, { works }: { readonly works: boolean }): string {
  if (!native) return "read and plan only: the native engine does not run";
  return works
    ? "prune, prove, export, measure in this interpreter; phones by the benchmark tool"
    : "prune, prove, export: no interpreter runs here, so the file is not checked";
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
