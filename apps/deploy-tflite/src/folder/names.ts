// The files of a folder for TensorFlow Lite, beside those of every artefact and of the page.

/** The network with nothing removed: what a speed-up is measured against. */
export const DENSE_FILE = "dense.tflite";
export const METADATA_FILE = "metadata.json";
export const PHONE_SCRIPT = "phone.sh";
/** What the script prints, and where `times` looks for it. */
export const PHONE_LOG = "phone.log";
/** The benchmark tool, which whoever has the phone puts beside the script. */
export const PHONE_TOOL = "benchmark_model";
