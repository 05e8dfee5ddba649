// The bounds within which the server answers whatever it is sent. One object, all of it overridable.

const MIB = 1024 * 1024;

/** Bytes, counts, and milliseconds where the name ends in Ms. */
export interface ServerLimits {
  /** Of one request. The model's own need is used where it is known and smaller ({@link bodyLimit}). */
  readonly bodyBytes: number;
  /** Of all outputs of one run, and of the reply. */
  readonly responseBytes: number;
  /** Of bodies and replies in memory, all requests together. */
  readonly bufferedBytes: number;
  /** Of the request line and all headers. */
  readonly headerBytes: number;
  /** Nesting of a JSON body; a request needs 4. */
  readonly jsonDepth: number;
  /** First dimension of an input, where the model leaves it free. */
  readonly batch: number;
  readonly connections: number;
  /** Requests that one connection may have open. */
  readonly pipelined: number;
  /** Requests that wait for a process of the model. */
  readonly queue: number;
  /** From a connection, or a request's first byte, to the end of its headers. */
  readonly headersMs: number;
  /** To the end of the body. */
  readonly requestMs: number;
  /** Longest silence inside a body. */
  readonly silenceMs: number;
  /** Between requests. */
  readonly idleMs: number;
  /** Of a wait for the model, and of one run of it; then its process is killed. */
  readonly deadlineMs: number;
  /** A client may take so long to fetch its reply. */
  readonly replyMs: number;
  /** What is in flight when the server stops may take so long. */
  readonly stopMs: number;
}

export const SERVER_LIMITS: ServerLimits = {
  bodyBytes: 16 * MIB,
  responseBytes: 64 * MIB,
  bufferedBytes: 256 * MIB,
  headerBytes: 16 * 1024,
  jsonDepth: 8,
  batch: 64,
  connections: 256,
  pipelined: 8,
  queue: 64,
  headersMs: 10_000,
  requestMs: 30_000,
  silenceMs: 5_000,
  idleMs: 5_000,
  deadlineMs: 30_000,
  replyMs: 30_000,
  stopMs: 30_000,
};

const JSON_BYTES_PER_ELEMENT = 32;
const JSON_FRAME_BYTES = 4096;

/** The largest body that can be a request to a model with these inputs; never above `limits.bodyBytes`. */
export function bodyLimit(
  inputs: readonly { readonly shape: readonly (number | string)[] }[],
  { bodyBytes, batch }: Pick<ServerLimits, "bodyBytes" | "batch">,
): number {
  let elements = 0;
  for (const { shape } of inputs) {
    let count = 1;
    for (const [axis, dim] of shape.entries()) {
      if (typeof dim === "string" && axis > 0) return bodyBytes;
      count *= typeof dim === "string" ? batch : dim;
    }
    elements += count;
  }
  return Math.min(bodyBytes, JSON_FRAME_BYTES * (1 + inputs.length) + JSON_BYTES_PER_ELEMENT * elements);
}
