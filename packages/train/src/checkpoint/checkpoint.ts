// What a run goes on from, as bytes: a safetensors file that other tools open, with a digest over all of it.
//
//   tensors   `<weight>`, `<moving statistic>`, `<slot>/<weight>` as F32 in their shapes; `mask/<weight>` as BOOL
//   metadata  espalier_checkpoint: version of this layout, "1"
//             options: digest of all that the run depends on
//             step: steps done
//             run: JSON, what else the run keeps (history, sums)
//             sha256: of the file, with 64 zeros in the place of this digest

import { type Host, readSafetensors, writeSafetensors } from "@espalier/core";
import { DataType, EspalierError, rawTensor, readFloats, type Tensor } from "@espalier/ir";
import type { TrainingState } from "../step/trainer.js";

export interface Checkpoint {
  /** What the run depends on, digested. */
  readonly options: string;
  readonly state: TrainingState;
  /** By the name of the weight. */
  readonly masks: ReadonlyMap<string, Uint8Array>;
  /** Plain JSON. */
  readonly run: unknown;
}

const VERSION = "1";
const DIGEST_KEY = '"sha256":"';
const DIGEST_LENGTH = 64;
const MASK = "mask/";

/**
 * @param shapes of the tensors of the state by name
 * @throws Error where a tensor has the name of a mask, or no shape
 */
export async function encodeCheckpoint(
  { options, state, masks, run }: Checkpoint,
  shapes: ReadonlyMap<string, readonly number[]>,
  host: Pick<Host, "sha256">,
): Promise<Uint8Array> {
  const tensors = new Map<string, Tensor>();
  const add = (name: string, dataType: typeof DataType.FLOAT | typeof DataType.BOOL, of: string): void => {
    const data = dataType === DataType.FLOAT ? state.tensors.get(of) : masks.get(of);
    const dims = shapes.get(of);
    if (data === undefined || dims === undefined || tensors.has(name))
      throw new Error(`${name} is not a name for one tensor of a checkpoint`);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    tensors.set(name, rawTensor(dataType, dims, bytes, name));
  };
  for (const name of state.tensors.keys()) add(name, DataType.FLOAT, name);
  for (const name of masks.keys()) add(`${MASK}${name}`, DataType.BOOL, name);
  const bytes = writeSafetensors(
    tensors,
    new Map([
      ["espalier_checkpoint", VERSION],
      ["options", options],
      ["step", String(state.step)],
      ["run", JSON.stringify(run)],
      ["sha256", "0".repeat(DIGEST_LENGTH)],
    ]),
  );
  const place = digestPlace(bytes);
  if (place === null) throw new Error("the header of a checkpoint has a place for its digest");
  bytes.set(new TextEncoder().encode(await host.sha256(bytes)), place);
  return bytes;
}

/**
 * @throws EspalierError `INVALID_CHECKPOINT` for bytes that are not whole, or no checkpoint; `UNSUPPORTED_VERSION` for one
 *   that a newer version wrote
 */
export async function decodeCheckpoint(bytes: Uint8Array, host: Pick<Host, "sha256">): Promise<Checkpoint> {
  await checkDigest(bytes, host);
  // A long history is many values in one text: the format's own limit on the header bounds them.
  const { tensors, metadata } = readSafetensors(bytes, { limits: UNCOUNTED });
  const version = metadata.get("espalier_checkpoint");
  if (version === undefined) throw damaged("the mark of a checkpoint", "another safetensors file");
  if (version !== VERSION)
    throw new EspalierError("UNSUPPORTED_VERSION", "The checkpoint is of another version", {
      expected: VERSION,
      found: version,
    });
  const state = new Map<string, Float32Array>();
  const masks = new Map<string, Uint8Array>();
  for (const [name, tensor] of tensors) {
    // Copies, aligned: what is read is written into buffers and masks of its own.
    if (tensor.dataType === DataType.FLOAT) state.set(name, readFloats(tensor).slice());
    else if (tensor.dataType === DataType.BOOL && name.startsWith(MASK))
      masks.set(name.slice(MASK.length), tensor.bytes().slice());
    else throw damaged("float32 tensors and masks", `another type in ${name}`);
  }
  const step = Number(metadata.get("step"));
  if (!Number.isSafeInteger(step) || step < 0) throw damaged("a step", metadata.get("step") ?? "none");
  const run = runOf(metadata.get("run") ?? "");
  return { options: metadata.get("options") ?? "", state: { step, tensors: state }, masks, run };
}

const UNCOUNTED = { messages: Number.MAX_SAFE_INTEGER, initializers: Number.MAX_SAFE_INTEGER };

function runOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged("JSON of the run", `${text.length} characters of none`);
  }
}

async function checkDigest(bytes: Uint8Array, host: Pick<Host, "sha256">): Promise<void> {
  const place = digestPlace(bytes);
  if (place === null)
    throw damaged("a safetensors file with its digest", `${bytes.byteLength} bytes of none`);
  const end = place + DIGEST_LENGTH;
  const kept = new TextDecoder().decode(bytes.subarray(place, end));
  const zeros = new TextEncoder().encode("0".repeat(DIGEST_LENGTH));
  const found = await host.sha256([bytes.subarray(0, place), zeros, bytes.subarray(end)]);
  if (found !== kept) throw damaged(`the digest ${kept}`, found);
}

/** Where the digest lies; null where the header has none. Inside other texts the quotes of the key are escaped. */
function digestPlace(bytes: Uint8Array): number | null {
  if (bytes.byteLength < 8) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(bytes.byteLength - 8)) return null;
  const end = 8 + Number(length);
  const key = new TextEncoder().encode(DIGEST_KEY);
  for (let at = 8; at + key.length + DIGEST_LENGTH <= end; at++)
    if (key.every((byte, i) => bytes[at + i] === byte)) return at + key.length;
  return null;
}

function damaged(expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_CHECKPOINT", "The checkpoint is damaged", { expected, found });
}
