// The headers for hosts that take them from a file: Netlify and Cloudflare Pages, Vercel, nginx.

import { COMMON, EVALUATING_FOLDER, EVALUATING_POLICY, ISOLATION, POLICY, REPORT_POLICY } from "./policy.js";

const EVERYWHERE = { ...COMMON, ...ISOLATION };
/** Names of these files hold their content's digest. */
const ASSETS = "assets/";

type Policies = Readonly<Record<string, string>>;

/**
 * By file name.
 *
 * @param paths of all files of the site, relative to it
 */
export function hostingFiles(paths: readonly string[]): Readonly<Record<string, string>> {
  const pages = paths.filter((path) => path.endsWith(".html")).map((path) => [`/${path}`, POLICY]);
  const folders = new Set(paths.flatMap((path) => (path.endsWith(".js") ? folderOf(path) : [])));
  const policies: Places = {
    pages: { "/": POLICY, ...Object.fromEntries(pages), "/report.html": REPORT_POLICY },
    folders: Object.fromEntries(
      [...folders].map((folder) => [folder, folder === EVALUATING_FOLDER ? EVALUATING_POLICY : POLICY]),
    ),
  };
  return {
    _headers: netlify(policies),
    "vercel.json": vercel(policies),
    "nginx-headers.conf": nginx(policies),
  };
}

interface Places {
  /** Rules add up at some hosts, so pages and report are named one by one. */
  readonly pages: Policies;
  /** With scripts in them. */
  readonly folders: Policies;
}

/** The first folder of a path, with its "/"; none for a file beside the page. */
function folderOf(path: string): string[] {
  const end = path.indexOf("/");
  return end < 0 ? [] : [path.slice(0, end + 1)];
}

function netlify({ pages, folders }: Places): string {
  const block = (path: string, headers: Readonly<Record<string, string>>): string =>
    [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)].join("\n");
  return `${[
    block("/*", EVERYWHERE),
    ...Object.entries(folders).map(([folder, policy]) =>
      block(`/${folder}*`, {
        ...(folder === ASSETS ? { "cache-control": "public, max-age=31536000, immutable" } : {}),
        "content-security-policy": policy,
      }),
    ),
    ...Object.entries(pages).map(([path, policy]) => block(path, { "content-security-policy": policy })),
  ].join("\n")}\n`;
}

function vercel({ pages, folders }: Places): string {
  const list = (headers: Readonly<Record<string, string>>): object[] =>
    Object.entries(headers).map(([key, value]) => ({ key, value }));
  const headers = [
    { source: "/(.*)", headers: list(EVERYWHERE) },
    ...Object.entries(folders).map(([folder, policy]) => ({
      source: `/${folder}(.*)`,
      headers: list({ "content-security-policy": policy }),
    })),
    ...Object.entries(pages).map(([source, policy]) => ({
      source,
      headers: list({ "content-security-policy": policy }),
    })),
  ];
  return `${JSON.stringify({ headers }, null, 2)}\n`;
}

function nginx({ folders }: Places): string {
  const add = (policy: string): string =>
    Object.entries({ ...EVERYWHERE, "content-security-policy": policy })
      .map(([name, value]) => `  add_header ${name} "${value}" always;`)
      .join("\n");
  const others = Object.entries(folders).filter(([, policy]) => policy !== POLICY);
  const places = [["/", POLICY], ...others.map(([folder, policy]) => [`/${folder}`, policy])] as const;
  return `# Include this inside of "server"; add_header is not inherited, so each place repeats all of them.
# mime.types must know wasm: nginx 1.21.1 and newer do.
${places.map(([place, policy]) => `location ${place} {\n${add(policy as string)}\n}\n`).join("")}location = /report.html {
${add(REPORT_POLICY)}
}
`;
}
