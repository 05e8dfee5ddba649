// The files that somebody dropped: one network, and beside it the files with its weights. Sizes are looked at before
// anything is read.

import { BROWSER_LIMITS, EspalierError, type ExternalData, enforceLimit, quoteName } from "@espalier/ir";

export interface DroppedModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly external: ExternalData;
}

/** @throws EspalierError `INVALID_OPTION`, `LIMIT_EXCEEDED`, `IO` */
export async function readDroppedFiles(files: readonly File[]): Promise<DroppedModel> {
  const model = chooseModel(files);
  enforceLimit(BROWSER_LIMITS, "fileBytes", model.size, quoteName(model.name));
  const others = files.filter((file) => file !== model);
  const total = others.reduce((sum, { size }) => sum + size, 0);
  enforceLimit(BROWSER_LIMITS, "externalBytes", total, "the files beside the network");
  const beside = new Map<string, Uint8Array>();
  for (const file of others) beside.set(file.name, await bytesOf(file));
  return { name: model.name, bytes: await bytesOf(model), external: externalDataOf(beside) };
}

function chooseModel(files: readonly File[]): File {
  const [only, second] = files;
  if (only !== undefined && second === undefined) return only;
  const models = files.filter(({ name }) => /\.onnx$/i.test(name));
  const [model, another] = models;
  if (model !== undefined && another === undefined) return model;
  throw new EspalierError("INVALID_OPTION", "One network is pruned at a time", {
    expected: "one .onnx file, and the files with its weights",
    found: `${models.length} .onnx files among ${files.length}`,
  });
}

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw new EspalierError(
      "IO",
      "The browser cannot read the file",
      {
        where: quoteName(file.name),
        found: cause instanceof Error ? cause.message : String(cause),
        unblock: "If it is a folder, drop the .onnx file itself; if it changed on the disk, drop it again.",
      },
      { cause },
    );
  }
}

/** Dropped files have plain names: the last name of a location is what counts. */
function externalDataOf(files: ReadonlyMap<string, Uint8Array>): ExternalData {
  return {
    open(location) {
      const bytes = files.get(location.split("/").at(-1) ?? location);
      if (bytes === undefined)
        throw new EspalierError("EXTERNAL_MISSING", "The network keeps its weights in another file", {
          where: quoteName(location),
          unblock: "Drop that file together with the network.",
        });
      return {
        byteLength: bytes.byteLength,
        read: (offset, length) => bytes.subarray(offset, offset + length),
      };
    },
  };
}
