// What the server says no with. Codes are stable; every one has its status and its sentence here.

/** Code → status and sentence. */
const REFUSALS = {
  // The request as HTTP
  BAD_REQUEST: [400, "This is not an HTTP request that the server understands"],
  BAD_TARGET: [400, "The target of a request is a path of this server"],
  REPEATED_HEADER: [400, "A header that may be given once is given twice"],
  BAD_HOST: [400, "HTTP/1.1 asks for one Host header"],
  UNEXPECTED_BODY: [400, "This request takes no body"],
  CROSS_ORIGIN: [403, "Pages of other sites may not use this server"],
  NOT_FOUND: [404, "There is nothing at this path"],
  METHOD_NOT_ALLOWED: [405, "This path does not take this method"],
  NOT_ACCEPTABLE: [406, "The reply cannot have the type that was asked for"],
  REQUEST_TIMEOUT: [408, "The request did not arrive in time"],
  LENGTH_REQUIRED: [411, "A request with a body says how long it is, or is chunked"],
  BODY_TOO_LARGE: [413, "The body is larger than any request to this model"],
  UNSUPPORTED_TYPE: [415, "The body has a type that the server does not read"],
  UNSUPPORTED_ENCODING: [415, "Bodies are taken as they are, not compressed"],
  EXPECTATION_FAILED: [417, "The only expectation that can be met is 100-continue"],
  WRONG_HOST: [421, "This server does not go by that name"],
  HEADERS_TOO_LARGE: [431, "The headers are too large"],
  // The request to the model
  INVALID_JSON: [400, "The body is not JSON that can be read in one way only"],
  INVALID_INPUT: [422, "The inputs do not fit the model"],
  RUN_FAILED: [422, "The model cannot run these inputs"],
  // The server
  OVERLOADED: [503, "Too many requests are waiting"],
  NOT_READY: [503, "No process of the model is ready"],
  TIMEOUT: [503, "The model took too long and was stopped"],
  MEMORY: [503, "These inputs need more memory than a request may have"],
  STOPPING: [503, "The server is stopping"],
  INTERNAL: [503, "The server failed at this request"],
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** After these the connection is as good as before, when the whole request was read. */
const HARMLESS: ReadonlySet<RefusalCode> = new Set([
  "NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "NOT_ACCEPTABLE",
  "UNSUPPORTED_TYPE",
  "UNSUPPORTED_ENCODING",
  "INVALID_JSON",
  "INVALID_INPUT",
  "RUN_FAILED",
  "OVERLOADED",
  "NOT_READY",
  "TIMEOUT",
  "MEMORY",
]);

export interface RefusalContext {
  /** JSON pointer, header or input that it is about. */
  readonly where?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly unblock?: string;
  /** Seconds until it may work. */
  readonly retryAfter?: number;
  /** Value of the Allow header. */
  readonly allow?: string;
}

/** Plain data, so that it passes between threads. */
export interface RefusalData extends RefusalContext {
  readonly code: RefusalCode;
}

export class Refusal extends Error {
  override readonly name: string = "Refusal";
  readonly code: RefusalCode;
  readonly status: number;
  readonly context: RefusalContext;

  constructor(code: RefusalCode, context: RefusalContext = {}, options: { cause?: unknown } = {}) {
    const [status, sentence] = REFUSALS[code];
    super(context.where === undefined ? sentence : `${sentence}: ${context.where}`, options);
    this.code = code;
    this.status = status;
    this.context = context;
  }

  /** Whether the connection can be kept. */
  get harmless(): boolean {
    return HARMLESS.has(this.code);
  }

  get data(): RefusalData {
    return { code: this.code, ...this.context };
  }

  static of({ code, ...context }: RefusalData): Refusal {
    return new Refusal(code, context);
  }
}

/** The body of a refusal. Nothing in it can be taken for markup, whoever shows it. */
export function refusalText({ code, message, context }: Refusal): string {
  const { expected = null, found = null, unblock = null } = context;
  const text = JSON.stringify({ error: { code, message, expected, found, unblock } });
  return `${text.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}

export function refusalHeaders({ context, code }: Refusal): Record<string, string> {
  return {
    ...(context.retryAfter === undefined ? {} : { "retry-after": String(context.retryAfter) }),
    ...(context.allow === undefined ? {} : { allow: context.allow }),
    ...(code === "UNSUPPORTED_ENCODING" ? { "accept-encoding": "identity" } : {}),
  };
}
