// The script of an interpreter, which Emscripten made for the CommonJS of Node, as a module.

/** What the script exports is the default export. */
export function asModule(script: string): string {
  return `const module = { exports: {} };\nconst { exports } = module;\n${script}\nexport default module.exports;\n`;
}
