// The headers of the pages: threads need isolation from other origins, and the policy allows nothing but what the pages
// themselves do.

export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

/**
 * Scripts in this folder make functions from text: workers of an engine that cannot do without. Pages and all other
 * workers may not.
 */
export const EVALUATING_FOLDER = "evaluating/";

export const EVALUATING_POLICY: string = POLICY.replace("'wasm-unsafe-eval'", "'unsafe-eval'");

/** report.html is one file with its style inside, and no script. */
export const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export const ISOLATION: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** For every file. */
export const COMMON: Readonly<Record<string, string>> = {
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** Workers take the policy of their own scripts, so those get it, too. */
export function policyOf(path: string): string | null {
  if (path === "report.html") return `${REPORT_POLICY}; frame-ancestors 'none'`;
  if (!/\.(html|js)$/.test(path)) return null;
  const policy = path.startsWith(EVALUATING_FOLDER) ? EVALUATING_POLICY : POLICY;
  return `${policy}; frame-ancestors 'none'`;
}
