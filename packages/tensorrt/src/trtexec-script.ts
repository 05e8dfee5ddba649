// The script that builds and times engines on a machine with TensorRT: the same file dense and with sparse kernels allowed,
// in turns, with profiles that `readProfile` and logs that `readTrtexecLog` reads.

export interface ScriptOptions {
  /** The file to build from, beside the script. */
  readonly model: string;
  /** The dense network with the same clean-ups, where there is one: what a speed-up is measured against. */
  readonly baseline?: string | null;
  /** As `exportTensorRt` gives it. */
  readonly shapes: string | null;
  readonly precision: "float32" | "float16" | "int8";
  /** Whether the files say every type themselves (`graphType: "float16"`): `precision` is then not asked for. */
  readonly stronglyTyped?: boolean;
}

const PRECISION = { float32: "", float16: " --fp16", int8: " --fp16 --int8" } as const;

/** A bash script. Names of files are its own; nothing of the model's is run. */
export function trtexecScript({
  model,
  baseline = null,
  shapes,
  precision,
  stronglyTyped = false,
}: ScriptOptions): string {
  const types = stronglyTyped ? " --stronglyTyped" : PRECISION[precision];
  const flags = `${types}${shapes === null ? "" : ` --shapes=${quoted(shapes)}`}`;
  const builds = [
    ...(baseline === null ? [] : [{ name: "baseline", file: baseline, sparsity: "disable" }]),
    { name: "dense", file: model, sparsity: "disable" },
    { name: "sparse", file: model, sparsity: "enable" },
  ];
  return `#!/usr/bin/env bash
# Builds and times engines with TensorRT, one after the other, and reports what trtexec says.
# Needs trtexec (TensorRT ${stronglyTyped ? "10" : "8.5"} or newer) and an NVIDIA GPU of the Ampere generation or newer.
set -euo pipefail
cd "$(dirname "$0")"
TRTEXEC="\${TRTEXEC:-trtexec}"
command -v "$TRTEXEC" >/dev/null || { echo "trtexec was not found: set TRTEXEC to its path" >&2; exit 3; }
mkdir -p trtexec
nvidia-smi --query-gpu=name,driver_version,clocks.max.sm --format=csv > trtexec/gpu.csv || true
build() { # name, file, sparsity
  "$TRTEXEC" --onnx="$2" --saveEngine="trtexec/$1.engine"${flags} --sparsity="$3" --verbose --skipInference \\
    > "trtexec/$1.build.log" 2>&1 || { tail -n 20 "trtexec/$1.build.log" >&2; exit 1; }
}
run() { # name, number
  "$TRTEXEC" --loadEngine="trtexec/$1.engine"${shapes === null ? "" : ` --shapes=${quoted(shapes)}`} --useCudaGraph --noDataTransfers --useSpinWait \\
    --warmUp=500 --duration=5 --iterations=100 > "trtexec/$1.$2.log" 2>&1
}
profile() { # name
  "$TRTEXEC" --loadEngine="trtexec/$1.engine"${shapes === null ? "" : ` --shapes=${quoted(shapes)}`} --separateProfileRun --noDataTransfers \\
    --exportProfile="trtexec/$1.profile.json" --exportLayerInfo="trtexec/$1.layers.json" \\
    --profilingVerbosity=detailed > "trtexec/$1.profile.log" 2>&1
}
${builds.map(({ name, file, sparsity }) => `build ${name} ${quoted(file)} ${sparsity}`).join("\n")}
# In turns: clocks and temperature drift, and would favour whoever comes first.
for turn in 1 2 3; do
${builds.map(({ name }) => `  run ${name} $turn`).join("\n")}
done
${builds.map(({ name }) => `profile ${name}`).join("\n")}
grep -h "(Sparsity)" trtexec/sparse.build.log || echo "TensorRT said nothing on sparsity"
for name in ${builds.map(({ name }) => name).join(" ")}; do
  echo "$name: $(grep -h "GPU Compute Time: min" trtexec/$name.*.log | sed 's/.*median = //; s/, .*//' | tr '\\n' ' ')"
done
`;
}

/** One word of bash, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
