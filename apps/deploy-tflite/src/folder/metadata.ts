// metadata.json: what a program has to know that runs the file, and that runtimes do not tell. Its format stands in the
// README.

import type { CardInput, CardOutput, InputCard } from "@espalier/interchange";
import { readInterface, readTflite, type TensorInterface, type TfliteTensor } from "@espalier/tflite";

export interface Metadata {
  readonly schema: 1;
  readonly model: { readonly path: string; readonly sha256: string; readonly bytes: number };
  readonly precision: string;
  readonly inputs: readonly (Port & { readonly image: Image | null })[];
  readonly outputs: readonly (Port & { readonly kind: CardOutput["kind"] | null })[];
  /** Names of the classes, by index; null where nobody said. */
  readonly labels: readonly string[] | null;
  /** Where `image`, `kind` and `labels` come from; null where nothing is known. */
  readonly card: string | null;
}

interface Port {
  readonly name: string;
  /** In the file. */
  readonly type: string;
  readonly shape: readonly number[];
  readonly layout: "NHWC" | "ONNX";
  /** real = scale · (stored − zeroPoint); null for what is not quantised. */
  readonly quantization: { readonly scale: number; readonly zeroPoint: number } | null;
  /** Axis i in the file is axis `permutation[i]` in ONNX. */
  readonly onnx: {
    readonly type: string;
    readonly shape: readonly number[];
    readonly permutation: readonly number[];
  };
}

/** As in an input card; `mean` and `std` in the order of the channels. */
type Image = Required<Pick<CardInput, "channels" | "range">> &
  Pick<CardInput, "mean" | "std" | "resize" | "crop">;

export interface MetadataParts {
  readonly model: { readonly path: string; readonly sha256: string; readonly bytes: Uint8Array };
  readonly precision: string;
  readonly card: InputCard | null;
  readonly origin: string | null;
}

/** @throws EspalierError what reading the file throws */
export function describeFile({ model, precision, card, origin }: MetadataParts): Metadata {
  const file = readTflite(model.bytes);
  const [main] = file.subgraphs;
  const io = readInterface(file);
  if (main === undefined || io === null) throw new Error("the target wrote a file without its interface");
  const port = (indices: readonly number[]) => (one: TensorInterface, at: number) =>
    portOf(one, main.tensors[indices[at] ?? -1]);
  return {
    schema: 1,
    model: { path: model.path, sha256: model.sha256, bytes: model.bytes.byteLength },
    precision,
    inputs: io.inputs.map((one, at) => ({
      ...port(main.inputs)(one, at),
      image: imageOf(card?.inputs.find(({ name }) => name === one.name)),
    })),
    outputs: io.outputs.map((one, at) => ({
      ...port(main.outputs)(one, at),
      kind: outputOf(card, one.name, at)?.kind ?? null,
    })),
    labels: card?.labels ?? null,
    card: origin,
  };
}

function portOf(
  { name, onnxShape, onnxType, layout, permutation }: TensorInterface,
  tensor?: TfliteTensor,
): Port {
  if (tensor === undefined) throw new Error("the target wrote a file without its tensors");
  const { type, shape, quantization } = tensor;
  const [scale, zeroPoint] = [quantization?.scale[0], quantization?.zeroPoint[0]];
  return {
    ...{ name, type, shape, layout },
    quantization: scale === undefined || zeroPoint === undefined ? null : { scale, zeroPoint },
    onnx: { type: onnxType, shape: onnxShape, permutation },
  };
}

/** What a card leaves out is what it means by that. */
function imageOf(input: CardInput | undefined): Image | null {
  if (input?.layout === undefined) return null;
  const { channels = "RGB", range = [0, 1], mean, std, resize, crop } = input;
  return {
    ...{ channels, range },
    ...(mean === undefined ? {} : { mean }),
    ...(std === undefined ? {} : { std }),
    ...(resize === undefined ? {} : { resize }),
    ...(crop === undefined ? {} : { crop }),
  };
}

/** Outputs of a card without names are meant in order. */
function outputOf(card: InputCard | null, name: string, at: number): CardOutput | undefined {
  const named = card?.outputs?.find((one) => one.name === name);
  const inOrder = card?.outputs?.[at];
  return named ?? (inOrder?.name === undefined ? inOrder : undefined);
}
