// The files of a deployed folder, beside those of every artefact.

export const DENSE_FILE = "dense.onnx";
export const DENSE_ROLE = "dense baseline";
export const LOAD_FILE = "load.json";

/** Every name that this program may write. */
export const FOLDER_FILES: readonly string[] = [
  "model.onnx",
  DENSE_FILE,
  "plan.json",
  "cost-table.json",
  "receipt.json",
  "report.html",
  "model.io.json",
  LOAD_FILE,
];
