// Sets one key of a JSON object in its text and leaves every other byte as it is: a person who compares the two
// files sees what was changed, and numbers such as 1e-05 or 1e+30 keep the spelling that other readers rely on.
// Does not check the text: `readJson` has read it before.

/** `text` with `"key": value` at the top level, replaced where it is, else added last. */
export function setTopLevelKey(text: string, key: string, value: unknown): string {
  const written = JSON.stringify(value, null, 2).replaceAll("\n", "\n  ");
  const entries = topLevelEntries(text);
  const known = entries.find((entry) => entry.key === key);
  if (known !== undefined) return text.slice(0, known.start) + written + text.slice(known.end);
  const end = text.lastIndexOf("}");
  const before = text.slice(0, end).trimEnd();
  const comma = entries.length === 0 ? "" : ",";
  return `${before}${comma}\n  ${JSON.stringify(key)}: ${written}\n${text.slice(end)}`;
}

interface Entry {
  readonly key: string;
  /** Where the value starts and ends. */
  readonly start: number;
  readonly end: number;
}

/** A token is a string, a bracket or a comma or colon, or a run of anything else that is not white. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

function topLevelEntries(text: string): Entry[] {
  const entries: Entry[] = [];
  let depth = 0;
  let key: string | null = null;
  let start = -1;
  let last = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    const closes = token === "}" || token === "]";
    if (key !== null && ((depth === 1 && token === ",") || (depth === 1 && closes))) {
      entries.push({ key, start, end: last });
      key = null;
      start = -1;
    } else if (depth === 1 && key === null && token.startsWith('"')) key = JSON.parse(token) as string;
    else if (key !== null && start < 0 && token !== ":") start = match.index;
    if (token === "{" || token === "[") depth++;
    if (closes) depth--;
    last = match.index + token.length;
  }
  return entries;
}
