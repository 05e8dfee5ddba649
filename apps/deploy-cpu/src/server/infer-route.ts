// POST /infer: body → tensors → a process of the model → reply.

import type { Codec } from "../infer/codec.js";
import { DIMS_HEADER, decodeBinary } from "../infer/decode-binary.js";
import { encodeBinary, type Outputs } from "../infer/encode-outputs.js";
import { checkBodyHeaders, mediaType } from "./check-request.js";
import type { Exchange, Reply } from "./exchange.js";
import type { ServerLimits } from "./limits.js";
import { readBody } from "./read-body.js";
import { Refusal } from "./refusal.js";
import type { ServedModel } from "./served-model.js";
import type { Statistics } from "./statistics.js";

const JSON_TYPE = "application/json";
const BINARY_TYPE = "application/octet-stream";

export interface InferContext {
  readonly model: ServedModel;
  readonly codec: Codec;
  readonly limits: ServerLimits;
  /** Largest body. */
  readonly bodyBytes: number;
  readonly statistics: Statistics;
  /** Makes room when the memory for bodies and replies is used up; false when there is none to make. */
  makeRoom(): boolean;
}

/** @throws Refusal */
export async function infer(exchange: Exchange, context: InferContext): Promise<Reply> {
  const { request } = exchange;
  const { model, codec, limits } = context;
  const type = mediaType(request.headers["content-type"]);
  if (type !== JSON_TYPE && type !== BINARY_TYPE)
    throw new Refusal("UNSUPPORTED_TYPE", { expected: `${JSON_TYPE} or ${BINARY_TYPE}` });
  checkBodyHeaders(request);
  const take = (bytes: number): boolean =>
    exchange.take(bytes) || (context.makeRoom() && exchange.take(bytes));
  if (
    request.headers.expect !== undefined &&
    Number(request.headers["content-length"] ?? 0) <= context.bodyBytes
  )
    exchange.response.writeContinue();
  const body = await readBody(request, {
    maxBytes: context.bodyBytes,
    silenceMs: limits.silenceMs,
    take,
    onBytes: () => exchange.enter("receiving"),
    signal: exchange.signal,
  });
  const receiveMs = performance.now() - exchange.since;
  exchange.enter("working");
  const feeds =
    type === JSON_TYPE
      ? await codec.decode(body)
      : decodeBinary(body, model.inputs, headerText(request.headers[DIMS_HEADER]), {
          batch: limits.batch,
          bytes: limits.responseBytes,
        });
  const { outputs, waitMs, runMs } = await model.pool.run(feeds, exchange.signal);
  const reply = await encode(outputs, replyType(request.headers.accept, type), codec);
  if (reply.body.byteLength > limits.responseBytes)
    throw new Refusal("MEMORY", { where: "reply", expected: `at most ${limits.responseBytes} bytes` });
  if (!take(reply.body.byteLength)) throw new Refusal("OVERLOADED", { retryAfter: 1 });
  exchange.response.once("finish", () =>
    context.statistics.served({ receiveMs, waitMs, runMs, totalMs: performance.now() - exchange.since }),
  );
  return reply;
}

/** What the client takes; where it does not say, what it sent. `must` when it takes nothing else. */
function replyType(
  accept: string | undefined,
  sent: string,
): { readonly type: string; readonly must: boolean } {
  const accepted = (accept ?? "*/*").split(",", 16).map(mediaType);
  const takes = (type: string): boolean => accepted.includes(type);
  if (takes(JSON_TYPE)) return { type: JSON_TYPE, must: true };
  if (takes(BINARY_TYPE)) return { type: BINARY_TYPE, must: !takes("*/*") };
  if (takes("*/*") || takes("application/*")) return { type: sent, must: false };
  throw new Refusal("NOT_ACCEPTABLE", { expected: `${JSON_TYPE} or ${BINARY_TYPE}` });
}

async function encode(
  outputs: Outputs,
  { type, must }: ReturnType<typeof replyType>,
  codec: Codec,
): Promise<Reply> {
  const binary = type === BINARY_TYPE ? encodeBinary(outputs) : null;
  if (binary !== null)
    return {
      status: 200,
      headers: {
        "content-type": BINARY_TYPE,
        "espalier-type": binary.type,
        [DIMS_HEADER]: binary.dims.join(","),
      },
      body: binary.bytes,
    };
  if (type === BINARY_TYPE && must)
    throw new Refusal("NOT_ACCEPTABLE", {
      expected: JSON_TYPE,
      found: "several outputs, or one of strings",
      unblock: `Accept ${JSON_TYPE}.`,
    });
  return { status: 200, headers: { "content-type": JSON_TYPE }, body: await codec.encode(outputs) };
}

function headerText(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
