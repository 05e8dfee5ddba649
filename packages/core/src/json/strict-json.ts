// Reads JSON of unknown origin in one way only. JSON.parse takes the last of two equal keys, rounds numbers
// and nests a million deep; two readers could then understand two different plans. Here all of that is an
// error with a JSON pointer. Does not check shapes: that is the schema's work.

import { type ErrorCode, EspalierError, quoteName } from "@espalier/ir";

/** What {@link readJson} gives; objects have no prototype, so `__proto__` is a key like any other. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface JsonOptions {
  /** Code of the errors thrown. */
  readonly code: ErrorCode;
  /** @default 64 MiB */
  readonly maxBytes?: number;
  /** Nesting of arrays and objects. @default 64 */
  readonly maxDepth?: number;
}

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_DEPTH = 64;

/**
 * The one value in `bytes`, which must be UTF-8 JSON (RFC 8259) without a byte order mark.
 *
 * Refused beside bad syntax: equal keys in one object, nesting beyond `maxDepth`, lone surrogates, numbers
 * that overflow or vanish (1e400, 1e-400), negative zero, integers that a double does not hold
 * (9007199254740993), anything after the value.
 *
 * @throws EspalierError `options.code`, with a JSON pointer in `where` (`#` is the whole document)
 */
export function readJson(bytes: Uint8Array, options: JsonOptions): Json {
  const { code, maxBytes = MAX_BYTES, maxDepth = MAX_DEPTH } = options;
  if (bytes.byteLength > maxBytes) {
    throw new EspalierError(code, "The JSON is too large", {
      where: "#",
      expected: `at most ${maxBytes} bytes`,
      found: String(bytes.byteLength),
    });
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new EspalierError(code, "The JSON is not valid UTF-8", { where: "#" }, { cause });
  }
  return new Parser(text, code, maxDepth).document();
}

/** `#/steps/0/keep`: RFC 6901 after a `#`, hostile characters escaped and long keys cut. */
export function jsonPointer(path: readonly (string | number)[]): string {
  return `#${path.map((part) => `/${pointerPart(String(part))}`).join("")}`;
}

function pointerPart(part: string): string {
  return quoteName(part.replaceAll("~", "~0").replaceAll("/", "~1")).slice(1, -1);
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON wants them escaped
const PLAIN_RUN = /[^"\\\u0000-\u001f]+/y;
const WHITE = /[ \t\n\r]*/y;
const LONE_SURROGATE = /\p{Surrogate}/u;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class Parser {
  readonly #text: string;
  readonly #code: ErrorCode;
  readonly #maxDepth: number;
  readonly #path: (string | number)[] = [];
  #at = 0;

  constructor(text: string, code: ErrorCode, maxDepth: number) {
    this.#text = text;
    this.#code = code;
    this.#maxDepth = maxDepth;
  }

  document(): Json {
    const value = this.#value();
    this.#skipWhite();
    if (this.#at < this.#text.length) throw this.#unexpected("the end of the document");
    return value;
  }

  #value(): Json {
    this.#skipWhite();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #nested<T>(read: () => T): T {
    // The path has one entry per open array or object.
    if (this.#path.length >= this.#maxDepth) {
      throw this.#error("The JSON is nested too deeply", { expected: `at most ${this.#maxDepth} levels` });
    }
    this.#at++;
    return read();
  }

  #object(): Json {
    const object: Record<string, Json> = Object.create(null);
    const depth = this.#path.length;
    if (this.#closes("}")) return object;
    do {
      this.#skipWhite();
      if (this.#text[this.#at] !== '"') throw this.#unexpected("a key in double quotes");
      const key = this.#string();
      this.#path[depth] = key;
      if (key in object) throw this.#error("The JSON gives a key twice", { found: quoteName(key) });
      this.#skipWhite();
      if (this.#text[this.#at] !== ":") throw this.#unexpected('":"');
      this.#at++;
      object[key] = this.#value();
    } while (this.#continues("}"));
    this.#path.length = depth;
    return object;
  }

  #array(): Json {
    const array: Json[] = [];
    const depth = this.#path.length;
    if (this.#closes("]")) return array;
    do {
      this.#path[depth] = array.length;
      array.push(this.#value());
    } while (this.#continues("]"));
    this.#path.length = depth;
    return array;
  }

  #closes(bracket: string): boolean {
    this.#skipWhite();
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  #continues(bracket: string): boolean {
    if (this.#closes(bracket)) return false;
    if (this.#text[this.#at] !== ",") throw this.#unexpected(`"," or "${bracket}"`);
    this.#at++;
    return true;
  }

  #string(): string {
    this.#at++;
    let value = "";
    for (;;) {
      value += this.#match(PLAIN_RUN);
      const next = this.#text[this.#at];
      if (next === '"') break;
      if (next !== "\\") throw this.#unexpected('the end of a string, that is "');
      value += this.#escape();
    }
    this.#at++;
    if (LONE_SURROGATE.test(value)) throw this.#error("A string holds half of a surrogate pair", {});
    return value;
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? "";
    if (letter === "u") {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#unexpected("four hexadecimal digits after \\u");
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const simple = Object.hasOwn(SIMPLE_ESCAPES, letter) ? SIMPLE_ESCAPES[letter] : undefined;
    if (simple === undefined) throw this.#unexpected("an escape of JSON");
    this.#at += 2;
    return simple;
  }

  #number(): number {
    const literal = this.#match(NUMBER);
    if (literal === "") throw this.#unexpected("a value");
    const value = Number(literal);
    const isInteger = /^-?\d+$/.test(literal);
    const vanishes = value === 0 && /[1-9]/.test(literal.replace(/[eE].*/, ""));
    if (!Number.isFinite(value) || vanishes || Object.is(value, -0)) {
      throw this.#error("A number does not fit", { found: shortened(literal) });
    }
    // An integer that a double holds is printed as it was written; 9007199254740993 is not.
    if (isInteger && !Number.isSafeInteger(value) && String(value) !== literal) {
      throw this.#error("An integer would be rounded", { found: shortened(literal) });
    }
    return value;
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#unexpected("a value");
    this.#at += word.length;
    return value;
  }

  #skipWhite(): void {
    this.#match(WHITE);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #unexpected(expected: string): EspalierError {
    const rest = this.#text.slice(this.#at, this.#at + 20);
    return this.#error(`The JSON is malformed at character ${this.#at}`, {
      expected,
      found: rest === "" ? "the end of the file" : quoteName(rest),
    });
  }

  #error(what: string, context: { expected?: string; found?: string }): EspalierError {
    return new EspalierError(this.#code, what, { where: jsonPointer(this.#path), ...context });
  }
}

function shortened(literal: string): string {
  return literal.length > 40 ? `${literal.slice(0, 40)}…` : literal;
}
