// The headers for hosts that take them from a file: Netlify and Cloudflare Pages, Vercel, nginx.

import { COMMON, ISOLATION, POLICY, REPORT_POLICY } from "./policy.js";

const EVERYWHERE = { ...COMMON, ...ISOLATION };

/** By file name. */
export function hostingFiles(): Readonly<Record<string, string>> {
  return { _headers: netlify(), "vercel.json": vercel(), "nginx-headers.conf": nginx() };
}

/** Rules add up there, so pages and report are named one by one. */
const BY_PLACE: Readonly<Record<string, string>> = {
  "/": POLICY,
  "/index.html": POLICY,
  "/prune.html": POLICY,
  "/report.html": REPORT_POLICY,
};

function netlify(): string {
  const block = (path: string, headers: Readonly<Record<string, string>>): string =>
    [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)].join("\n");
  return `${[
    block("/*", EVERYWHERE),
    block("/assets/*", {
      "cache-control": "public, max-age=31536000, immutable",
      "content-security-policy": POLICY,
    }),
    ...Object.entries(BY_PLACE).map(([path, policy]) => block(path, { "content-security-policy": policy })),
  ].join("\n")}\n`;
}

function vercel(): string {
  const list = (headers: Readonly<Record<string, string>>): object[] =>
    Object.entries(headers).map(([key, value]) => ({ key, value }));
  const headers = [
    { source: "/(.*)", headers: list(EVERYWHERE) },
    { source: "/assets/(.*)", headers: list({ "content-security-policy": POLICY }) },
    ...Object.entries(BY_PLACE).map(([source, policy]) => ({
      source,
      headers: list({ "content-security-policy": policy }),
    })),
  ];
  return `${JSON.stringify({ headers }, null, 2)}\n`;
}

function nginx(): string {
  const add = (headers: Readonly<Record<string, string>>): string =>
    Object.entries(headers)
      .map(([name, value]) => `  add_header ${name} "${value}" always;`)
      .join("\n");
  return `# Include this inside of "server"; add_header is not inherited, so each place repeats all of them.
# mime.types must know wasm: nginx 1.21.1 and newer do.
location / {
${add({ ...EVERYWHERE, "content-security-policy": POLICY })}
}
location = /report.html {
${add({ ...EVERYWHERE, "content-security-policy": REPORT_POLICY })}
}
`;
}
