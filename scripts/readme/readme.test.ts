import { expect, test } from "vitest";
import { codeBlocks, installedPackages, noRunReason } from "./code-blocks.ts";
import { matches } from "./expect-output.ts";
import { instrument } from "./instrument.ts";

const checker = new URL("expect-output.ts", import.meta.url).href;

test("blocks have their language, tag, code and place", () => {
  const markdown =
    "# x\n\n```sh\nnpm install a @b/c # both\n```\n\n1. step\n   ```ts no-run (a browser)\n   f();\n   ```\n";
  const blocks = codeBlocks(markdown);
  expect(blocks).toEqual([
    { language: "sh", tag: "", code: "npm install a @b/c # both", line: 4 },
    { language: "ts", tag: "no-run (a browser)", code: "f();", line: 9 },
  ]);
  expect(installedPackages(markdown)).toEqual(["a", "@b/c"]);
  expect(installedPackages("with `npm install --save-dev d@4.22.0 @e/f@1` or not")).toEqual(["d", "@e/f"]);
  expect(noRunReason(blocks[1]!)).toBe("a browser");
});

test("a block without an end, and a tag without a reason, are refused with their line", () => {
  expect(() => codeBlocks("\n```ts\nf();")).toThrow("line 2: the code block that begins here has no end");
  expect(() => noRunReason(codeBlocks("```ts no-run\n```")[0]!)).toThrow(`line 1: expected "ts"`);
});

test("shown results become assertions on the line where they stand", () => {
  const code = [
    "const a = f(1); // => 2",
    "g(",
    "  a,",
    "); // => [ 1 ]",
    "console.log(draw(a), 2);",
    "// => ##",
    "//    #.",
    "if (a) { await h(); // => 3",
    "}",
  ].join("\n");
  expect(instrument(code, "c").split("\n")).toEqual([
    `import * as __readme from "c"; const a = f(1); __readme.value(a, "2", 1); // => 2`,
    "__readme.value(g(",
    "  a,",
    `), "[ 1 ]", 4); // => [ 1 ]`,
    `__readme.printed([draw(a), 2], "##\\n#.", 6);`,
    "// => ##",
    "//    #.",
    `if (a) { __readme.value(await h(), "3", 8); // => 3`,
    "}",
  ]);
  expect(() => instrument("// => 1", "c")).toThrow("belongs to no statement");
});

test("a wrong result fails when the example runs, a right one does not", async () => {
  const run = (code: string) => import(`data:text/javascript,${encodeURIComponent(instrument(code, checker))}`);
  await expect(run("[1 + 1, 'a']; // => [2, 'a']")).resolves.toBeDefined();
  await expect(run("({ 0: [new Map()] }); // => { 0: [new Map()] }")).resolves.toBeDefined();
  await expect(run("1 + 1; // => 3")).rejects.toThrow("line 1: expected\n3\ngot\n2");
  await expect(run("console.log('é', [1]); // => é [ 1 ]")).resolves.toBeDefined();
  await expect(run("console.log('a'); // => 'a'")).resolves.toBeDefined();
  await expect(run("console.log('a'); // => b")).rejects.toThrow("line 1");
});

test.each([
  ["[ 1, 2 ]", "[1, 2]", true],
  ["{ a: 'x' }", `{ a: "x" }`, true],
  ["0.123456", "0.12…", true],
  ["0.123456", "≈ 0.12", true],
  ["0.133456", "≈ 0.12", false],
  ["[ 1, 2 ]", "[1, 3]", false],
  ["12", "1", false],
])("%s shown as %s: %s", (shown, expected, same) => {
  expect(matches(shown, expected)).toBe(same);
});
