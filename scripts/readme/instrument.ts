import ts from "typescript";

/**
 * Turns the results that an example shows into assertions.
 *
 * `expression; // => value` and `const name = …; // => value` compare the value as Node prints it, `console.log(…); //
 * => text` what is printed. Further lines `//    …` right below continue the text. Line numbers stay as they are.
 *
 * @param checker - the URL of the module with `value` and `printed`, imported in the first line.
 * @throws {Error} if a `// =>` belongs to no statement.
 */
export function instrument(code: string, checker: string): string {
  const source = ts.createSourceFile("example.ts", code, ts.ScriptTarget.Latest, true);
  const statements = collectStatements(source);
  const edits = expectations(code).map((expectation) => {
    const statement = statements.findLast((one) => one.getEnd() <= expectation.position);
    if (!statement) throw new Error(`line ${expectation.line}: "// => ${expectation.text}" belongs to no statement`);
    return editOf(statement, `${JSON.stringify(expectation.text)}, ${expectation.line}`);
  });
  const edited = edits.sort((a, b) => b.start - a.start).reduce(applyEdit, code);
  return `import * as __readme from ${JSON.stringify(checker)}; ${edited}`;
}

interface Expectation {
  readonly text: string;
  /** Where the comment begins. */
  readonly position: number;
  readonly line: number;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function expectations(code: string): Expectation[] {
  const found: Expectation[] = [];
  const lines = code.split("\n");
  let position = 0;
  for (const [index, line] of lines.entries()) {
    const at = line.indexOf("// =>");
    if (at !== -1) {
      const more = lines.slice(index + 1);
      const end = more.findIndex((next) => !/^\s*\/\/ {3}/.test(next));
      const continued = more.slice(0, end === -1 ? more.length : end).map((next) => next.trim().slice(6));
      const text = [line.slice(at + 5).trim(), ...continued].join("\n").trim();
      found.push({ text, position: position + at, line: index + 1 });
    }
    position += line.length + 1;
  }
  return found;
}

/** Statements that have a value, ordered by where they end; of those that end together the innermost is last. */
function collectStatements(source: ts.SourceFile): (ts.ExpressionStatement | ts.VariableStatement)[] {
  const statements: (ts.ExpressionStatement | ts.VariableStatement)[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isExpressionStatement(node) || ts.isVariableStatement(node)) statements.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return statements.sort((a, b) => a.getEnd() - b.getEnd());
}

function editOf(statement: ts.ExpressionStatement | ts.VariableStatement, rest: string): Edit {
  const end = statement.getEnd();
  if (ts.isVariableStatement(statement)) {
    const name = statement.declarationList.declarations.at(-1)?.name.getText();
    return { start: end, end, text: ` __readme.value(${name}, ${rest});` };
  }
  const { expression } = statement;
  const start = statement.getStart();
  if (ts.isCallExpression(expression) && expression.expression.getText() === "console.log") {
    const values = expression.arguments.map((argument) => argument.getText()).join(", ");
    return { start, end, text: `__readme.printed([${values}], ${rest});` };
  }
  return { start, end, text: `__readme.value(${expression.getText()}, ${rest});` };
}

const applyEdit = (code: string, { start, end, text }: Edit) => code.slice(0, start) + text + code.slice(end);
