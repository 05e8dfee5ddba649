// CIFAR-10, both splits: the binary files, alone or in their archive, or the two class-balanced parts of them.

import { EspalierError } from "@espalier/ir";
import { CIFAR10_NORMALISATION, cifar10Set } from "../formats/cifar.js";
import { readTarMembers, type WantedMember } from "../formats/tar-members.js";
import type { Normalisation } from "../set/image-set.js";
import type { DataPlace } from "./data-place.js";
import { readFromFolder, readPublished } from "./find-data.js";
import type { ImageLoadOptions } from "./image-load-options.js";
import type { PublishedFile } from "./published-file.js";
import type { TrainAndTest } from "./train-and-test.js";
import { unpack } from "./unpack.js";

const FOLDER = "cifar-10-batches-bin";
const FILE_BYTES = 30_730_000;
const TRAIN = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`);
const TEST = ["test_batch.bin"];

const ARCHIVE: PublishedFile = {
  path: "cifar10/cifar-10-binary.tar.gz",
  urls: ["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"],
  bytes: 170_052_171,
  sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
};
/** Six files and room for headers and the notes beside them. */
const ARCHIVE_UNPACKED = 6 * FILE_BYTES + 1024 * 1024;

/**
 * 50,000 and 10,000 images; 10,000 and 2,000 where the folder only has the parts `train_10k.bin.gz` and
 * `test_2k.bin.gz`.
 *
 * @throws EspalierError `DATA_MISSING`, `ABORTED`; reading errors
 */
export async function loadCifar10(options: ImageLoadOptions = {}): Promise<TrainAndTest<"float32">> {
  const files = await cifarFiles(options);
  const normalise: Normalisation =
    options.normalise === null
      ? { mean: [0, 0, 0], std: [1, 1, 1] }
      : (options.normalise ?? CIFAR10_NORMALISATION);
  return {
    train: cifar10Set({ name: "cifar10 train", files: files.train, normalise }),
    test: cifar10Set({ name: "cifar10 test", files: files.test, normalise }),
  };
}

interface CifarFiles {
  readonly train: readonly Uint8Array[];
  readonly test: readonly Uint8Array[];
}

async function cifarFiles(place: DataPlace): Promise<CifarFiles> {
  const whole = await allInFolder(place, [...TRAIN, ...TEST]);
  if (whole !== null) return { train: whole.slice(0, TRAIN.length), test: whole.slice(TRAIN.length) };
  const tar = await readFromFolder(place, [ARCHIVE.path], ARCHIVE_UNPACKED);
  if (tar !== null) return membersOf(tar);
  const train = await readFromFolder(place, ["cifar10/train_10k.bin.gz"], FILE_BYTES);
  const test = await readFromFolder(place, ["cifar10/test_2k.bin.gz"], FILE_BYTES);
  if (train !== null && test !== null) return { train: [train], test: [test] };
  const packed = await readPublished(place, ARCHIVE, { set: "CIFAR-10", builtIn: "shapes" });
  return membersOf(await unpack(packed, ARCHIVE_UNPACKED, ARCHIVE.path));
}

/** All of the files, or null where none is there. @throws EspalierError `DATA_MISSING` for a part of them */
async function allInFolder(place: DataPlace, names: readonly string[]): Promise<Uint8Array[] | null> {
  const files: Uint8Array[] = [];
  const absent: string[] = [];
  for (const name of names) {
    const paths = [`cifar10/${FOLDER}/${name}`, `cifar10/${name}`, `cifar10/${name}.gz`, `${FOLDER}/${name}`];
    const bytes = await readFromFolder(place, paths, FILE_BYTES);
    if (bytes === null) absent.push(name);
    else files.push(bytes);
  }
  if (files.length === 0) return null;
  if (absent.length > 0)
    throw new EspalierError("DATA_MISSING", "Only a part of CIFAR-10 is here", {
      where: "cifar10",
      expected: names.join(", "),
      found: `all but ${absent.join(", ")}`,
      unblock: "Add what is missing, or take the others away: then the archive is looked for.",
    });
  return files;
}

function membersOf(tar: Uint8Array): CifarFiles {
  const wanted = (names: readonly string[]): readonly WantedMember[] =>
    names.map((name) => ({ path: `${FOLDER}/${name}`, bytes: FILE_BYTES }));
  return {
    train: readTarMembers(tar, wanted(TRAIN), ARCHIVE.path),
    test: readTarMembers(tar, wanted(TEST), ARCHIVE.path),
  };
}
