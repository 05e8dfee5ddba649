// Makes a fresh checkout usable with nothing but Node and npm: installs the pinned pnpm (through npm exec),
// the dependencies of the lock file, and builds with tsc and bundle.mjs. Quick when nothing is to do. Everything it prints
// goes to stderr, so that a command that follows owns stdout.
//
// No static imports and no recent syntax: on a Node that is too old the one line below is all the reader sees.

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Espalier needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
  process.exitCode = 1;
} else {
  bootstrap();
}

async function bootstrap() {
  const { spawnSync } = await import("node:child_process");
  const { createHash } = await import("node:crypto");
  const { existsSync, readdirSync, readFileSync, writeFileSync } = await import("node:fs");
  const { fileURLToPath } = await import("node:url");
  const { pnpm } = await import("./pnpm.mjs");

  const root = fileURLToPath(new URL("..", import.meta.url));
  process.chdir(root);

  // The stamp covers whatever pnpm would look at; equal stamp means equal node_modules.
  const stampFile = "node_modules/.espalier-installed";
  const stamp = createHash("sha256").update(
    `${process.platform} ${process.arch} ${process.versions.modules}`,
  );
  for (const file of ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests()]) {
    stamp.update(file).update(readFileSync(file));
  }
  const wanted = stamp.digest("hex");

  if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== wanted) {
    console.error("espalier: installing dependencies …");
    const status = pnpm(["install", "--frozen-lockfile"], { stdio: ["ignore", 2, 2] });
    if (status !== 0)
      return fail("pnpm install failed; see the lines above (is the package registry in reach?)");
    writeFileSync(stampFile, wanted);
  }

  if (!existsSync("apps/cli/dist/main.js")) console.error("espalier: building …");
  const built = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-b"], {
    stdio: ["ignore", 2, 2],
  });
  if (built.status !== 0) return fail("tsc -b failed; see the lines above");
  const { bundlePackages } = await import("./bundle.mjs");
  await bundlePackages();

  function manifests() {
    const folders = ["packages", "apps", "tools"].flatMap((parent) =>
      existsSync(parent) ? readdirSync(parent).map((name) => `${parent}/${name}`) : [],
    );
    return [...folders, "examples", "notebooks", "test"]
      .map((folder) => `${folder}/package.json`)
      .filter(existsSync);
  }
}

/** @param {string} message */
function fail(message) {
  console.error(`espalier: ${message}`);
  process.exitCode = 1;
}
