// The tokenizer files of llama2.c (tok512.bin, tokenizer.bin): byte pair encoding by best score over UTF-8, with single
// bytes for what the vocabulary lacks.
//
// Format: int32 longest token, then for each token float32 score, int32 length, its bytes. Little-endian.

import { EspalierError } from "@espalier/ir";
import { type MergeTable, mergePairs } from "./merge-pairs.js";
import type { Tokenizer } from "./tokenizer.js";

/** Begins a text; the encoder does not put it there by itself. */
export const LLAMA2C_BOS = 1;
/** Tokens of single bytes follow unknown, begin and end. */
const FIRST_BYTE = 3;
const LEAST_TOKENS = FIRST_BYTE + 256;
const MOST_TOKENS = 1_000_000;
const LONGEST_TOKEN = 4096;

/** @throws EspalierError `TRUNCATED`, `INVALID_DATA`, `LIMIT_EXCEEDED` for bytes that are no such file */
export function readLlama2cTokenizer(bytes: Uint8Array, where: string): Tokenizer {
  const { tokens, scores } = readTokens(bytes, where);
  const ids = new Map<string, number>();
  for (const [id, token] of tokens.entries()) if (!ids.has(token)) ids.set(token, id);
  const table: MergeTable = { merged: mergedPairs(tokens, ids), scores };
  const encoder = new TextEncoder();
  const symbols = (text: string): number[] => {
    const found: number[] = [];
    for (const character of text) {
      const id = ids.get(character);
      if (id !== undefined) found.push(id);
      else for (const byte of encoder.encode(character)) found.push(byte + FIRST_BYTE);
    }
    return found;
  };
  return {
    tokens,
    // A space in front: the first word is the same token as one inside a text.
    encode: (text) => (text === "" ? new Int32Array() : mergePairs(symbols(` ${text}`), table)),
    decode: (encoded) => decodeTokens(Array.from(encoded), tokens),
  };
}

function mergedPairs(
  tokens: readonly string[],
  ids: ReadonlyMap<string, number>,
): (left: number, right: number) => number {
  const known = new Map<number, number>();
  return (left, right) => {
    const key = left * tokens.length + right;
    const found = known.get(key);
    if (found !== undefined) return found;
    const id = ids.get(`${tokens[left]}${tokens[right]}`) ?? -1;
    known.set(key, id);
    return id;
  };
}

function readTokens(
  bytes: Uint8Array,
  where: string,
): { readonly tokens: readonly string[]; readonly scores: readonly number[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
  const tokens: string[] = [];
  const scores: number[] = [];
  const need = (at: number, length: number): void => {
    if (at + length > bytes.length)
      throw new EspalierError("TRUNCATED", "The tokenizer file is not complete", {
        where: `${where}, token ${tokens.length}`,
        expected: `${length} bytes at ${at}`,
        found: `${bytes.length} bytes in all`,
      });
  };
  need(0, 4);
  const longest = view.getInt32(0, true);
  if (longest < 1 || longest > LONGEST_TOKEN)
    throw unusable(where, `a longest token of 1 to ${LONGEST_TOKEN} bytes`, String(longest));
  for (let at = 4; at < bytes.length; ) {
    need(at, 8);
    const score = view.getFloat32(at, true);
    const length = view.getInt32(at + 4, true);
    if (!Number.isFinite(score) || length < 0 || length > longest)
      throw unusable(
        `${where}, token ${tokens.length}`,
        `a score and a length up to ${longest}`,
        `${score}, ${length}`,
      );
    need(at + 8, length);
    if (tokens.length === MOST_TOKENS)
      throw new EspalierError("LIMIT_EXCEEDED", "The tokenizer has too many tokens", {
        where,
        limit: "tokens",
        expected: `at most ${MOST_TOKENS}`,
        found: "more",
      });
    try {
      tokens.push(decoder.decode(bytes.subarray(at + 8, at + 8 + length)));
    } catch {
      throw unusable(`${where}, token ${tokens.length}`, "UTF-8", "bytes that are none");
    }
    scores.push(score);
    at += 8 + length;
  }
  if (tokens.length < LEAST_TOKENS)
    throw unusable(
      where,
      `at least ${LEAST_TOKENS} tokens, those of single bytes among them`,
      String(tokens.length),
    );
  return { tokens, scores };
}

const BYTE_TOKEN = /^<0x([0-9A-F]{2})>$/;

/** The text again, without what begins and ends it and without the space that the encoder put in front. */
function decodeTokens(ids: readonly number[], tokens: readonly string[]): string {
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  for (const id of ids) {
    if (id < FIRST_BYTE) continue;
    const token = tokens[id] ?? "";
    const byte = BYTE_TOKEN.exec(token)?.[1];
    if (byte !== undefined) bytes.push(Number.parseInt(byte, 16));
    else bytes.push(...encoder.encode(token));
  }
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  return text.startsWith(" ") ? text.slice(1) : text;
}

function unusable(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_DATA", "This is no tokenizer of llama2.c", { where, expected, found });
}
