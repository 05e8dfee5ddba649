#!/usr/bin/env node
// Model in, folder with a TensorFlow Lite file and a page for it out. Checks the Node version before anything else is loaded.

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`deploy-tflite needs Node 20.19 or newer; this is Node ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  import("./program.js").then(({ run }) => run(process.argv.slice(2)));
}
