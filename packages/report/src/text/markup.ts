// HTML by tagged template: everything put into it is escaped, unless it is Markup itself. `Markup` is a
// class with a private field, so that no plain object read from a file can pass for it.

/** A piece of finished HTML. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Content = Markup | string | number | null | undefined | false | readonly Content[];

/**
 * @example
 * String(html`<b>${"a < b"}</b>`) // => "<b>a &lt; b</b>"
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = strings[0] as string;
  values.forEach((value, i) => {
    text += fill(value) + (strings[i + 1] as string);
  });
  return new Markup(text);
}

/** HTML that Espalier made itself: style sheets and serialised drawings. Never give it names. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function fill(value: Content): string {
  if (value === null || value === undefined || value === false) return "";
  if (value instanceof Markup) return value.toString();
  if (Array.isArray(value)) return value.map(fill).join("");
  return escapeHtml(String(value));
}
