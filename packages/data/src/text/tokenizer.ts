// What turns text into numbers and back.

export interface Tokenizer {
  /** By id. */
  readonly tokens: readonly string[];
  encode(text: string): Int32Array;
  /** Text again; not always the same, where a tokenizer forgets case or unknown words. */
  decode(ids: ArrayLike<number>): string;
}
