// The elements of the one input as raw bytes, little-endian, row by row → a tensor.

import type { Feeds, RuntimeTensor } from "@espalier/core";
import { type ElementType, elementTypeOfCode } from "@espalier/core/engine";
import { quoteName } from "@espalier/ir";
import { Refusal } from "../server/refusal.js";
import { checkDims, type DimRules, shapeText } from "./check-dims.js";
import { itemElements, type Port } from "./port.js";

export const DIMS_HEADER = "espalier-dims";

/**
 * @param dimsText "1,3,224,224"; may be left out when at most the first dimension is free
 * @throws Refusal `UNSUPPORTED_TYPE`, `INVALID_INPUT`
 */
export function decodeBinary(
  bytes: Uint8Array<ArrayBuffer>,
  inputs: readonly Port[],
  dimsText: string | undefined,
  rules: DimRules,
): Feeds {
  const [port, another] = inputs;
  if (port === undefined || another !== undefined)
    throw unsupported(`${inputs.length} inputs`, "a model with one input");
  const element = elementTypeOfCode(port.dataType) as ElementType;
  if (element.array === null) throw unsupported("an input of strings", "an input of numbers");
  const dims =
    dimsText === undefined ? impliedDims(port, bytes.byteLength, element) : parseDims(port, dimsText);
  const count = checkDims(port, dims, element.bytes, rules);
  if (bytes.byteLength !== count * element.bytes)
    throw new Refusal("INVALID_INPUT", {
      where: "body",
      expected: `${count * element.bytes} bytes: ${dims.join(" × ")} of ${element.name}`,
      found: `${bytes.byteLength} bytes`,
    });
  if (element.name === "bool" && bytes.some((byte) => byte > 1))
    throw new Refusal("INVALID_INPUT", {
      where: "body",
      expected: "bool as bytes 0 and 1",
      found: "another byte",
    });
  // The body was read into memory of its own, from offset 0: aligned.
  const data = new element.array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { [port.name]: { dataType: port.dataType, dims, data: data as RuntimeTensor["data"] } };
}

function impliedDims(port: Port, byteLength: number, { bytes, name }: ElementType): number[] {
  const item = itemElements(port);
  if (item === null)
    throw new Refusal("INVALID_INPUT", {
      where: DIMS_HEADER,
      expected: `a header with the dimensions: ${shapeText(port.shape)}`,
      found: "none",
    });
  const free = typeof port.shape[0] === "string";
  const batch = free ? byteLength / (item * bytes) : 1;
  if (!Number.isInteger(batch) || batch < 1)
    throw new Refusal("INVALID_INPUT", {
      where: "body",
      expected: `a multiple of ${item * bytes} bytes: ${shapeText(port.shape)} of ${name}`,
      found: `${byteLength} bytes`,
    });
  return port.shape.map((dim) => (typeof dim === "number" ? dim : batch));
}

function parseDims(port: Port, text: string): number[] {
  if (!/^(\d{1,16}(,\d{1,16}){0,63})?$/.test(text))
    throw new Refusal("INVALID_INPUT", {
      where: DIMS_HEADER,
      expected: `whole numbers with commas: ${shapeText(port.shape)}`,
      found: quoteName(text),
    });
  return text === "" ? [] : text.split(",").map(Number);
}

function unsupported(found: string, expected: string): Refusal {
  return new Refusal("UNSUPPORTED_TYPE", {
    where: "application/octet-stream",
    expected,
    found,
    unblock: "Send the inputs as application/json.",
  });
}
