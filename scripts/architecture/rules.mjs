// The rules of the house for one file: its path and text in, violations out. Reads syntax only (no types), so it
// cannot see through aliases: it catches slips, not evasion. The planted slips are in rules.test.mjs.

import { builtinModules } from "node:module";
import { posix } from "node:path";
import ts from "typescript";
import * as layout from "./layout.mjs";

/** @typedef {{ path: string, line: number, message: string }} Violation */
/** @typedef {(node: ts.Node, message: string) => void} Report */

/**
 * @param {string} path from the repository root, with forward slashes
 * @param {string} text
 * @returns {Violation[]}
 */
export function checkFile(path, text) {
  /** @type {Violation[]} */
  const violations = [];
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  /** @type {Report} */
  const report = (node, message) => {
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    violations.push({ path, line, message });
  };
  const [, parent, owner = ""] = /^(packages|apps)\/([^/]+)\/src\//.exec(path) ?? [];
  const isTest = path.endsWith(".test.ts");

  checkName(path, file, report);
  everyNode(file, (node) => noUninitialisedBuffers(node, report));
  if (!parent || isTest) return violations;

  if (path.endsWith("/index.ts")) onlyReexports(file, report);
  for (const [node, specifier] of imports(file)) {
    if (specifier.startsWith(".")) staysInside(path, owner, node, specifier, report);
    else importDirection(parent, owner, node, specifier, report);
  }
  if (!layout.opTypeFolders.some((folder) => path.startsWith(folder))) {
    everyNode(file, (node) => noOpTypeTests(node, report));
  }
  if (parent === "packages" && layout.purePackages.includes(owner)) {
    noGlobals(file, ["fetch", "process", "Buffer"], report);
    everyNode(file, (node) => noClockNoChance(node, report));
    noNodeModules(file, report);
  }
  if (parent === "packages" && layout.browserSafePackages.includes(owner) && !/\/src\/node\//.test(path)) {
    noGlobals(file, ["process", "Buffer"], report);
    noNodeModules(file, report);
    for (const [node, specifier] of imports(file)) {
      if (/^\.{1,2}\/(.*\/)?node\//.test(specifier))
        report(node, "the root entry is browser-safe: no import from src/node/");
    }
  }
  return violations;
}

/** @param {string} path @param {ts.SourceFile} file @param {Report} report */
function checkName(path, file, report) {
  const parts = path.split("/").map((part) => part.replace(/\..*$/, ""));
  const empty = parts.find((part) => layout.emptyNames.test(part));
  if (empty) report(file, `"${empty}" names no concept: call it what it is about`);
}

/** @param {ts.SourceFile} file @param {Report} report */
function onlyReexports(file, report) {
  for (const statement of file.statements) {
    const isEmpty =
      ts.isExportDeclaration(statement) &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause) &&
      statement.exportClause.elements.length === 0;
    const isReexport = ts.isExportDeclaration(statement) && statement.moduleSpecifier;
    if (!isReexport && !isEmpty) report(statement, "index.ts only re-exports (export … from)");
  }
}

/** @param {string} path @param {string} owner @param {ts.Node} node @param {string} specifier @param {Report} report */
function staysInside(path, owner, node, specifier, report) {
  const target = posix.join(posix.dirname(path), specifier);
  if (!new RegExp(`^(packages|apps)/${owner}/`).test(target)) {
    report(node, `"${specifier}" leaves the package: import it by its name`);
  }
}

/** @param {string} parent @param {string} owner @param {ts.Node} node @param {string} specifier @param {Report} report */
function importDirection(parent, owner, node, specifier, report) {
  for (const [module, only] of Object.entries(layout.reserved)) {
    if ((specifier === module || specifier.startsWith(`${module}/`)) && owner !== only) {
      report(node, `only packages/${only} imports ${module}`);
    }
  }
  if (specifier === "espalier" || specifier.startsWith("espalier/")) {
    report(node, "nothing imports the command line");
  }
  const imported = /^@espalier\/([^/]+)/.exec(specifier)?.[1];
  if (!imported || parent === "apps") return;
  const allowed = layout.mayImport[owner];
  if (!allowed) {
    report(node, `packages/${owner} is not in scripts/architecture/layout.mjs: say there what it may import`);
  } else if (!allowed.includes(imported)) {
    const may = allowed.map((name) => `@espalier/${name}`).join(", ") || "no package of this workspace";
    report(node, `packages/${owner} must not import @espalier/${imported} (it may import ${may})`);
  }
}

/** @param {ts.Node} node @param {Report} report */
function noUninitialisedBuffers(node, report) {
  if (ts.isPropertyAccessExpression(node) && /^allocUnsafe(Slow)?$/.test(node.name.text)) {
    report(node, `${node.name.text} hands out somebody else's memory: use a Uint8Array`);
  }
}

/** @param {ts.SourceFile} file @param {Report} report */
function noNodeModules(file, report) {
  for (const [node, specifier] of imports(file)) {
    if (specifier.startsWith("node:") || builtinModules.includes(specifier)) {
      report(node, `"${specifier}": no Node modules here, take what you need as an argument`);
    }
  }
}

/** @param {ts.SourceFile} file @param {string[]} names @param {Report} report */
function noGlobals(file, names, report) {
  const declared = new Set();
  everyNode(file, (node) => {
    const { name } = /** @type {{ name?: ts.Node }} */ (/** @type {unknown} */ (node));
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isBindingElement(node) ||
      ts.isImportSpecifier(node);
    if (declares && name && ts.isIdentifier(name)) declared.add(name.text);
  });
  everyNode(file, (node) => {
    if (!ts.isIdentifier(node) || !names.includes(node.text)) return;
    if (isMemberName(node) ? isGlobalObject(node) : !declared.has(node.text)) {
      report(node, `global ${node.text}: this code is pure, take what you need as an argument`);
    }
  });
}

/** Whether the identifier only names a member (`a.fetch`, `{ fetch: 1 }`, `fetch(): void` in a type). @param {ts.Identifier} node */
function isMemberName(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isMethodDeclaration(parent)) &&
    parent.name === node
  );
}

/** Whether the member is taken from globalThis. @param {ts.Identifier} node */
function isGlobalObject({ parent }) {
  return (
    ts.isPropertyAccessExpression(parent) &&
    ts.isIdentifier(parent.expression) &&
    parent.expression.text === "globalThis"
  );
}

const impureMembers = new Set([
  "Date.now",
  "Math.random",
  "performance.now",
  "crypto.getRandomValues",
  "crypto.randomUUID",
]);

/** @param {ts.Node} node @param {Report} report */
function noClockNoChance(node, report) {
  if (ts.isPropertyAccessExpression(node)) {
    const name = node.getText().replace(/^globalThis\./, "");
    if (impureMembers.has(name)) report(node, `${name}: the clock and chance are handed in`);
  }
  const isDate = (/** @type {ts.Expression} */ e) => ts.isIdentifier(e) && e.text === "Date";
  if (ts.isNewExpression(node) && isDate(node.expression) && !node.arguments?.length) {
    report(node, "new Date(): the clock is handed in");
  }
  if (ts.isCallExpression(node) && isDate(node.expression)) report(node, "Date(): the clock is handed in");
}

const equality = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

/** @param {ts.Node} node @param {Report} report */
function noOpTypeTests(node, report) {
  const message =
    "asks for an operator type outside the op folders: make it a field or method of the handler";
  if (ts.isBinaryExpression(node) && equality.has(node.operatorToken.kind)) {
    const { left, right } = node;
    if ((isOpType(left) && isText(right)) || (isOpType(right) && isText(left))) report(node, message);
  }
  if (ts.isSwitchStatement(node) && isOpType(node.expression)) report(node, message);
  if (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === "includes" &&
    ts.isArrayLiteralExpression(node.expression.expression) &&
    node.arguments.some(isOpType)
  ) {
    report(node, message);
  }
}

/** @param {ts.Expression} e */
function isOpType(e) {
  return (
    (ts.isPropertyAccessExpression(e) && e.name.text === "opType") ||
    (ts.isIdentifier(e) && e.text === "opType")
  );
}

/** @param {ts.Expression} e */
function isText(e) {
  return ts.isStringLiteralLike(e);
}

/**
 * Static and dynamic imports and re-exports.
 * @param {ts.SourceFile} file
 * @returns {[ts.Node, string][]}
 */
function imports(file) {
  /** @type {[ts.Node, string][]} */
  const found = [];
  everyNode(file, (node) => {
    /** @type {ts.Node | undefined} */
    let specifier;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) specifier = node.moduleSpecifier;
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      specifier = node.argument.literal;
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      specifier = node.arguments[0];
    if (specifier && ts.isStringLiteralLike(specifier)) found.push([node, specifier.text]);
  });
  return found;
}

/** @param {ts.Node} node @param {(node: ts.Node) => void} visit */
function everyNode(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => everyNode(child, visit));
}
