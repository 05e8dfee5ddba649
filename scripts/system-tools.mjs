// The two programs the tests use and npm cannot bring: a Chromium, and strace (to see which files a command
// touches). Finds them; on request installs them, as a Debian package where we are root, else Playwright's
// own Chromium. Never fails: what cannot be had is said, and the tests that need it are skipped.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

const minutes = 60_000;
const chromiumNames = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const chromiumPlaces = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** @returns {string | undefined} path of a Chromium; ESPALIER_CHROMIUM overrides */
export function findChromium() {
  const named = process.env.ESPALIER_CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  for (const name of chromiumNames) {
    const path = onPath(name);
    if (path) return path;
  }
  return [...chromiumPlaces, playwrightChromium()].find((path) => path && existsSync(path));
}

/** @returns {string | undefined} path of strace */
export function findStrace() {
  return onPath("strace");
}

/** Installs what is missing, with visible messages. */
export function ensureSystemTools() {
  const packages = [];
  if (!findChromium()) packages.push("chromium");
  if (process.platform === "linux" && !findStrace()) packages.push("strace");
  if (packages.length > 0 && process.getuid?.() === 0 && onPath("apt-get")) {
    say(`installing Debian package(s) ${packages.join(", ")} …`);
    apt(["update"]);
    apt(["install", "-y", "--no-install-recommends", ...packages]);
  }
  if (!findChromium()) installPlaywrightChromium();

  const chromium = findChromium();
  say(chromium ? `Chromium: ${chromium}` : "no Chromium to be had: the browser tests are skipped");
  if (process.platform === "linux" && !findStrace()) {
    say("no strace to be had: the tests that need it are skipped");
  }
}

/** @param {string[]} args */
function apt(args) {
  const result = spawnSync("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=120", ...args], {
    stdio: ["ignore", "ignore", 2],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    timeout: 10 * minutes,
  });
  if (result.status !== 0) say(`apt-get ${args[0]} failed`);
}

function installPlaywrightChromium() {
  const cli = testRequire()?.resolve("playwright-core/package.json").replace("package.json", "cli.js");
  if (!cli) return;
  say("installing Playwright's Chromium …");
  spawnSync(process.execPath, [cli, "install", "chromium"], {
    stdio: ["ignore", 2, 2],
    timeout: 5 * minutes,
  });
}

function playwrightChromium() {
  try {
    return /** @type {string} */ (testRequire()?.("playwright-core").chromium.executablePath());
  } catch {
    return undefined; // not installed yet, or no build for this system
  }
}

function testRequire() {
  const manifest = new URL("../test/package.json", import.meta.url);
  return existsSync(manifest) ? createRequire(manifest) : undefined;
}

/** @param {string} name */
function onPath(name) {
  const file = process.platform === "win32" ? `${name}.exe` : name;
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, file))
    .find((path) => existsSync(path));
}

/** @param {string} message */
function say(message) {
  console.error(`espalier: ${message}`);
}
