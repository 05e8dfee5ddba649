// The built deploy-web as its users start it. Build first.

import type { Ended } from "./cli-process.js";
import { deployDigitsBy, runDeploy, type ServedPages, serveBy } from "./deploy-process.js";

export { DIGITS, SAMPLES, type ServedPages } from "./deploy-process.js";

export const deployWeb = (...args: string[]): Ended => runDeploy("deploy-web", ...args);

/** Proven by the native engine. */
export const deployDigits = (out: string, ...more: string[]): Ended =>
  deployDigitsBy("deploy-web", out, ...more);

export const servePages = (folder: string, ...options: string[]): Promise<ServedPages> =>
  serveBy("deploy-web", folder, ...options);
