// Loads onnxruntime-node on first use. It is optional for users of the published packages: its install
// script fails behind strict networks.

export type OnnxRuntime = typeof import("onnxruntime-node");

let loading: Promise<OnnxRuntime> | undefined;

/** The native runtime; rejects with whatever the import threw. */
export function importOnnxRuntime(): Promise<OnnxRuntime> {
  loading ??= import("onnxruntime-node").then(
    // A CommonJS module: everything is on the default export, some of it also by name.
    (module) => (module as unknown as { default?: OnnxRuntime }).default ?? module,
  );
  return loading;
}
