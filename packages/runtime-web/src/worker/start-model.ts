// The smallest model: y = Identity(x). The engine loads itself together with its first model, so this one
// tells a broken engine from a broken model.

/** Field 2 of a ValueInfo: a float vector of one element. */
const FLOAT_VECTOR = [0x12, 10, 0x0a, 8, 0x08, 1, 0x12, 4, 0x0a, 2, 0x08, 1];

/** ONNX as bytes: IR version 3, a graph "g" of one Identity from x to y, opset 7. */
export const START_MODEL: Uint8Array = Uint8Array.of(
  ...[0x08, 3, 0x3a, 55],
  ...[0x0a, 16, 0x0a, 1, 0x78, 0x12, 1, 0x79, 0x22, 8, ...new TextEncoder().encode("Identity")],
  ...[0x12, 1, 0x67],
  ...[0x5a, 15, 0x0a, 1, 0x78, ...FLOAT_VECTOR],
  ...[0x62, 15, 0x0a, 1, 0x79, ...FLOAT_VECTOR],
  ...[0x42, 2, 0x10, 7],
);
