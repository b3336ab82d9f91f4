import ts from "typescript";

/** An `@example` of a docstring. */
export interface DocstringExample {
  readonly code: string;
  /** The line of its `@example`, from 1. */
  readonly line: number;
}

/** The examples of a source text, in order; those fenced as another language than `ts` are drawings, and left out. */
export function docstringExamples(source: string): DocstringExample[] {
  return [...source.matchAll(/\/\*\*(?=\s)[\s\S]*?\*\//g)].flatMap(({ 0: comment, index }) => {
    const first = source.slice(0, index).split("\n").length;
    const lines = comment
      .slice(3, -2)
      .split("\n")
      .map((line) => line.replace(/^\s*\* ?/, ""));
    return lines.flatMap((line, at) => {
      const [, start] = /^\s*@example\b(.*)$/.exec(line) ?? [];
      if (start === undefined) return [];
      const rest = lines.slice(at + 1);
      const end = rest.findIndex((next) => /^@\w/.test(next));
      const text = [start, ...(end === -1 ? rest : rest.slice(0, end))].join("\n").trimEnd();
      if (/^\s*```(?!ts\b)\w/m.test(text)) return [];
      return [{ code: text.replaceAll(/^\s*```(ts)?$/gm, "").trimEnd(), line: first + at }];
    });
  });
}

/** A name that an example does not declare, and whether the example calls it. */
export interface FreeName {
  readonly name: string;
  readonly called: boolean;
}

/**
 * The names of values that `code` uses and does not declare.
 *
 * @throws {Error} if the code cannot be parsed.
 */
export function freeNames(code: string): FreeName[] {
  const { diagnostics = [] } = ts.transpileModule(code, { reportDiagnostics: true });
  const [wrong] = diagnostics;
  if (wrong) throw new Error(ts.flattenDiagnosticMessageText(wrong.messageText, "\n"));
  const free = new Map<string, boolean>();
  const uses: { node: ts.Identifier; scopes: readonly Set<string>[] }[] = [];
  const visit = (node: ts.Node, scopes: readonly Set<string>[]): void => {
    if (ts.isTypeNode(node)) return;
    const inner = ts.isArrowFunction(node) ? [...scopes, new Set<string>()] : scopes;
    if (ts.isIdentifier(node) && isDeclaration(node)) inner.at(-1)?.add(node.text);
    else if (ts.isIdentifier(node) && isValue(node)) uses.push({ node, scopes: inner });
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  visit(ts.createSourceFile("example.ts", `${code}\nexport {};`, ts.ScriptTarget.Latest, true), [new Set()]);
  for (const { node, scopes } of uses) {
    if (scopes.some((scope) => scope.has(node.text))) continue;
    free.set(node.text, (free.get(node.text) ?? false) || isCalled(node));
  }
  return [...free].map(([name, called]) => ({ name, called }));
}

function isDeclaration(node: ts.Identifier): boolean {
  const { parent } = node;
  const declares =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isFunctionDeclaration(parent);
  return declares && parent.name === node;
}

function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  return !(ts.isBindingElement(parent) && parent.propertyName === node);
}

const isCalled = (node: ts.Identifier) =>
  (ts.isCallExpression(node.parent) || ts.isNewExpression(node.parent)) && node.parent.expression === node;
