// README.md of a pruned Hugging Face folder: the front matter that the Hub reads, and the measured figures. What
// the source's card says about licence, task and language is kept as it is; nothing is claimed that is not in it or
// in the receipt. Of the four relations that the Hub knows (adapter, merge, quantized, finetune), "quantized" is
// the one for a smaller copy of the same network.

import { EspalierError } from "@espalier/ir";

/** Loaded where a card is written: whatever else is asked for needs none of its 73 files. */
const yaml = () => import("yaml");

/** Fields of the source's front matter that stay true of a pruned copy. */
const KEPT = ["license", "license_name", "license_link", "language", "pipeline_tag", "datasets", "inference"];
const TAGS = ["onnx", "pruned", "espalier"];
/** Anchors and aliases that a card may hold before it is refused: a small file must not unfold into a huge one. */
const MOST_ALIASES = 100;
const FRONT_MATTER = /^---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|$)/s;
/** `organisation/name`, as the Hub writes it. */
const REPOSITORY = /^[\w.-]{1,96}\/[\w.-]{1,96}$/;

export interface ModelCardInput {
  /** The source's README.md; null where it has none. */
  readonly source: string | null;
  /** `_name_or_path` of config.json. */
  readonly nameOrPath?: string;
  /** The repository that was pruned, when the user says. */
  readonly baseModel?: string;
  /** The network within the folder, such as `onnx/model.onnx`. */
  readonly model: string;
  /** The measured figures, as Markdown. */
  readonly figures: string;
  /** What was done after the removal. */
  readonly after?: AfterRemoval;
}

/** Nothing where absent. */
export interface AfterRemoval {
  /** Weights were solved anew, biases corrected or statistics measured anew on calibration inputs. */
  readonly recovered: boolean;
  /** Accuracy was measured on held-out inputs with labels. */
  readonly accuracyMeasured: boolean;
  /** It was trained on labelled data. */
  readonly trained?: boolean;
}

/**
 * The text of README.md.
 *
 * @throws EspalierError `INVALID_CONFIG` when the source's front matter is no YAML map
 */
export async function modelCard(input: ModelCardInput): Promise<string> {
  const { stringify } = await yaml();
  const kept = await frontMatter(input.source ?? "");
  const baseModel = input.baseModel ?? kept.base_model ?? repositoryName(input.nameOrPath);
  const fields: Record<string, unknown> = {};
  if (baseModel !== undefined)
    Object.assign(fields, { base_model: baseModel, base_model_relation: "quantized" });
  for (const key of KEPT) if (kept[key] !== undefined) fields[key] = kept[key];
  fields.library_name = kept.library_name ?? "transformers.js";
  fields.tags = [...new Set([...textsOf(kept.tags), ...TAGS])];
  const of = typeof baseModel === "string" ? ` of \`${baseModel.replaceAll("`", "")}\`` : "";
  return [
    `---\n${stringify(fields, { aliasDuplicateObjects: false })}---\n`,
    `# A pruned copy${of}\n`,
    `Units were removed from the network, not masked; the smaller network was compared on ONNX Runtime with the original in which they are neutralised. ${afterText(input.after)}\n`,
    input.figures,
    `\`config.json\` describes the original: its widths and numbers of heads are those before pruning, and what the network takes and gives is unchanged. \`receipt.json\` holds every figure with digests, versions, seed and machine; \`plan.json\` what was removed from \`${input.model}\`. Made with Espalier; \`espalier verify\` runs the claims again.\n`,
  ].join("\n");
}

function afterText({ recovered, accuracyMeasured, trained }: AfterRemoval = NOTHING): string {
  if (trained === true)
    return "After that comparison it was fine-tuned on labelled data; its accuracy on the test part of that data is said below.";
  const done = recovered
    ? "After that comparison weights were recovered on calibration inputs, without training: it was not fine-tuned"
    : "It was not fine-tuned afterwards";
  return accuracyMeasured
    ? `${done}. Its accuracy was measured on held-out calibration inputs only, as said below.`
    : `${done}, and nothing is said here about its accuracy.`;
}

const NOTHING: AfterRemoval = { recovered: false, accuracyMeasured: false };

interface FrontMatter {
  readonly [key: string]: unknown;
}

async function frontMatter(text: string): Promise<FrontMatter> {
  const [, fields] = FRONT_MATTER.exec(text.replace(/^\ufeff/, "")) ?? [];
  if (fields === undefined) return {};
  const { isMap, parseDocument } = await yaml();
  const document = parseDocument(fields, {
    merge: false,
    schema: "core",
    uniqueKeys: true,
    logLevel: "silent",
  });
  const [problem] = document.errors;
  if (problem !== undefined) throw invalid(problem.message.split("\n")[0] ?? "");
  if (document.contents === null) return {};
  if (!isMap(document.contents)) throw invalid("not a map of fields");
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES }) as FrontMatter;
  } catch (cause) {
    throw invalid((cause as Error).message, cause);
  }
}

function invalid(found: string, cause?: unknown): EspalierError {
  return new EspalierError(
    "INVALID_CONFIG",
    "The front matter of the model card cannot be read",
    { where: "README.md", expected: "YAML between two lines of ---", found: found.slice(0, 200) },
    { cause },
  );
}

function repositoryName(nameOrPath: string | undefined): string | undefined {
  return nameOrPath !== undefined && REPOSITORY.test(nameOrPath) ? nameOrPath : undefined;
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
