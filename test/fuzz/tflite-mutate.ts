// Mutation of TFLite files. A FlatBuffer is made of aligned words (offsets, lengths, numbers) and of vtables in halves
// of words, so most changes are to one of those; what they break is left broken. Seeded.

import type { Random } from "@espalier/core";

const LARGEST = 64 * 1024;
const NUMBERS = [
  0, 1, 2, 3, 4, 5, 8, 12, 16, 31, 32, 63, 64, 127, 128, 129, 207, 255, 256, 4096, 65_535, 65_536, 2 ** 24, 2 ** 30,
  2 ** 31 - 1, 2 ** 31, 2 ** 32 - 4, 2 ** 32 - 2, 2 ** 32 - 1,
]; // biome-ignore format: a table

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

/** A mutated copy of a file of the corpus: one to four changes. */
export function mutateTflite(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes: Uint8Array = pick(corpus, random).slice();
  const rounds = 1 + Math.floor(4 * random.uniform() ** 2);
  for (let round = 0; round < rounds && bytes.byteLength >= 8; round++)
    bytes = pick(MUTATIONS, random)(bytes, random);
  return bytes;
}

const flipBit: Mutation = (bytes, random) => {
  const at = random.integer(0, bytes.byteLength - 1);
  bytes[at] = (bytes[at] as number) ^ (1 << random.integer(0, 7));
  return bytes;
};

const setByte: Mutation = (bytes, random) => {
  bytes[random.integer(0, bytes.byteLength - 1)] = pick(NUMBERS, random) & 0xff;
  return bytes;
};

const setHalf: Mutation = (bytes, random) => {
  viewOf(bytes).setUint16(2 * random.integer(0, (bytes.byteLength >> 1) - 1), pick(NUMBERS, random), true);
  return bytes;
};

const setWord: Mutation = (bytes, random) => {
  viewOf(bytes).setUint32(anyWord(bytes, random), pick(NUMBERS, random), true);
  return bytes;
};

/** Small steps turn offsets to neighbours and indices to the next one. */
const addToWord: Mutation = (bytes, random) => {
  const view = viewOf(bytes);
  const at = anyWord(bytes, random);
  view.setInt32(at, view.getInt32(at, true) + random.integer(-4, 4) * pick([1, 1, 4, 8], random), true);
  return bytes;
};

const addToHalf: Mutation = (bytes, random) => {
  const view = viewOf(bytes);
  const at = 2 * random.integer(0, (bytes.byteLength >> 1) - 1);
  view.setUint16(at, view.getUint16(at, true) + random.integer(-4, 4), true);
  return bytes;
};

const copyWord: Mutation = (bytes, random) => {
  const view = viewOf(bytes);
  view.setUint32(anyWord(bytes, random), view.getUint32(anyWord(bytes, random), true), true);
  return bytes;
};

/** An offset that leads to where another one does. */
const shareTarget: Mutation = (bytes, random) => {
  const view = viewOf(bytes);
  const [from, to] = [anyWord(bytes, random), anyWord(bytes, random)];
  view.setInt32(to, from + view.getInt32(from, true) - to, true);
  return bytes;
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, random.integer(8, bytes.byteLength));

const moveBlock: Mutation = (bytes, random) => {
  const length = random.integer(1, Math.min(64, bytes.byteLength));
  const from = random.integer(0, bytes.byteLength - length);
  bytes.copyWithin(random.integer(0, bytes.byteLength - length), from, from + length);
  return bytes;
};

const insertBlock: Mutation = (bytes, random) => {
  if (bytes.byteLength > LARGEST) return bytes;
  const at = anyWord(bytes, random);
  const block = new Uint8Array(pick([1, 2, 4, 8, 16], random));
  return Uint8Array.from([...bytes.subarray(0, at), ...block, ...bytes.subarray(at)]);
};

const MUTATIONS: readonly Mutation[] = [
  flipBit, setByte, setHalf, setWord, setWord, addToWord, addToWord, addToHalf, addToHalf, copyWord, shareTarget,
  shareTarget, truncate, moveBlock, insertBlock,
]; // biome-ignore format: a table

function anyWord(bytes: Uint8Array, random: Random): number {
  return 4 * random.integer(0, (bytes.byteLength >> 2) - 1);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[random.integer(0, from.length - 1)] as T;
}
