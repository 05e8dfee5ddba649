// The files of a folder for TensorRT, beside those of every artefact.

export const DENSE_FILE = "dense.onnx";
export const SCRIPT_FILE = "build-and-time.sh";
export const TABLE_FILE = "eligibility.json";
export const TABLE_PAGE = "eligibility.md";

/** Every name that this program may write. */
export const FOLDER_FILES: readonly string[] = [
  "model.onnx",
  "pruned.onnx",
  DENSE_FILE,
  "plan.json",
  "plan.bin",
  "cost-table.json",
  "receipt.json",
  "report.html",
  SCRIPT_FILE,
  TABLE_FILE,
  TABLE_PAGE,
];

/** What the script writes, by the name of the engine: logs, profiles, layers. */
export const TIMES_FOLDER = "trtexec";
