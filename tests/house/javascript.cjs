/** Parses scripts as ECMAScript 2019 modules and prints, as JSON, what the rules of the house ask about. */

const { readFileSync } = require("node:fs");

function parser() {
  try {
    return require("internal/deps/acorn/acorn/dist/acorn"); // node --expose-internals
  } catch {
    return require("acorn"); // where the distribution keeps it apart
  }
}

const SELECT = new Set(["querySelector", "querySelectorAll", "closest", "matches"]);

function nameOf(node) {
  if (!node) return "";
  if (node.type === "Identifier") return node.name;
  return node.type === "MemberExpression" ? nameOf(node.property) : "";
}

function walk(node, visit, within) {
  if (!node || typeof node.type !== "string") return;
  const inside = visit(node, within);
  for (const key of Object.keys(node)) {
    for (const child of [].concat(node[key])) {
      if (child && typeof child === "object") walk(child, visit, inside);
    }
  }
}

function judged(path) {
  const source = readFileSync(path, "utf8");
  const found = { path, problem: "", strings: [], names: [], imports: [] };
  let program;
  try {
    program = parser().parse(source, { ecmaVersion: 2019, sourceType: "module", locations: true });
  } catch (error) {
    return { ...found, problem: error.message };
  }
  walk(
    program,
    (node, within) => {
      if (node.type === "Identifier") found.names.push(node.name);
      if (node.source && /^(Im|Ex)port/.test(node.type)) {
        const whole = source.slice(node.start, node.end);
        found.imports.push({ from: node.source.value, line: node.loc.start.line, semicolon: whole.endsWith(";") });
      }
      const text = node.type === "TemplateElement" ? node.value.cooked : node.value;
      if (typeof text === "string") found.strings.push({ text, line: node.loc.start.line, within });
      if (node.type === "NewExpression" && nameOf(node.callee).endsWith("Error")) return "error";
      if (node.type === "CallExpression" && SELECT.has(nameOf(node.callee))) return "selector";
      return within;
    },
    "",
  );
  return found;
}

console.log(JSON.stringify(process.argv.slice(2).map(judged)));
