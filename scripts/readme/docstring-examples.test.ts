import { expect, test } from "vitest";
import { docstringExamples, freeNames } from "./docstring-examples.ts";

test("examples have their code and place; drawings and further tags are no part of them", () => {
  const source = [
    "/** One. @see b */",
    "/**",
    " * @example f(1) // => 2",
    " * @example",
    " * g({",
    " *   a,",
    " * });",
    " * @returns a",
    " */",
    "const globs = '**/*.ts';",
    "/**",
    " * @example",
    " * ```text",
    " * a b",
    " * ```",
    " */",
    "/** @example h() */",
  ].join("\n");
  expect(docstringExamples(source).map(({ code, line }) => [code.trim(), line])).toEqual([
    ["f(1) // => 2", 3],
    ["g({\n  a,\n});", 4],
    ["h()", 17],
  ]);
});

test("free names are those of values that an example does not declare, called or not", () => {
  const code = "const { a, b: c } = await f<T>(d.e, { g, h: i }); for (const j of c) k((l: M) => l + a, new N());";
  expect(freeNames(code)).toEqual([
    { name: "f", called: true },
    { name: "d", called: false },
    { name: "g", called: false },
    { name: "i", called: false },
    { name: "k", called: true },
    { name: "N", called: true },
  ]);
  expect(freeNames("f(({ x }) => x, { x })").map(({ name }) => name)).toEqual(["f", "x"]);
  expect(() => freeNames("f(")).toThrow("expected");
});
