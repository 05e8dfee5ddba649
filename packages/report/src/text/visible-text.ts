// Text from a model or a receipt, made fit to be shown: control, format and bidirectional characters,
// lone surrogates and private characters become visible escapes, stacks of combining marks are cut, the
// length is bounded. It does not escape for HTML, Markdown or a terminal; what is left is printable.

/** Longest name shown in full; longer ones lose their middle. */
export const NAME_LENGTH = 120;
/** Longest sentence of a receipt (reason, unblock, clean-up). */
export const SENTENCE_LENGTH = 600;

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;
const STACKED_MARKS = /(\p{M}{2})\p{M}+/gu;
const WIDE_SPACE = /[^\S ]/gu;

/**
 * `text` on one line, every character visible, at most about `limit` characters.
 *
 * @example
 * visibleText("a\u202eb") // => "a\\u202eb"
 */
export function visibleText(text: unknown, limit: number = SENTENCE_LENGTH): string {
  // Cut first: a hostile name may be megabytes long.
  const source = String(text).slice(0, limit * 8);
  const shown = source
    .replace(INVISIBLE, escapeCharacter)
    .replace(STACKED_MARKS, "$1…")
    .replace(WIDE_SPACE, " ");
  return String(text).length > source.length ? shorten(`${shown}…`, limit) : shorten(shown, limit);
}

/** A name of the model. */
export function visibleName(name: unknown, limit: number = NAME_LENGTH): string {
  const shown = visibleText(name, limit);
  return shown.trim() === "" ? "(no name)" : shown;
}

/** Cuts the middle out: both ends of a node's name tell something. */
export function shorten(text: string, limit: number): string {
  const characters = [...text];
  if (characters.length <= limit) return text;
  const head = Math.ceil((limit - 1) * 0.4);
  return `${characters.slice(0, head).join("")}…${characters.slice(characters.length - (limit - 1 - head)).join("")}`;
}

/** Cuts the beginning: where only few characters fit, the end of a path says most. */
export function shortenStart(text: string, limit: number): string {
  const characters = [...text];
  return characters.length <= limit
    ? text
    : `…${characters.slice(characters.length - Math.max(1, limit - 1)).join("")}`;
}

function escapeCharacter(character: string): string {
  if (character === "\n" || character === "\t" || character === "\r") return " ";
  const code = character.codePointAt(0) as number;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
