// The files of a deployed folder, beside those of every artefact.

export const DENSE_FILE = "dense.onnx";
export const DENSE_ROLE = "dense baseline";
export const CARD_FILE = "model.io.json";
export const CARD_ROLE = "input card";
export const PAGE_ROLE = "page";
