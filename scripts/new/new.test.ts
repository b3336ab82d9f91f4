import { expect, test } from "vitest";
import { namesOf } from "./blueprint.ts";
import { addEntry, addExport, addImport } from "./edits.ts";

test("a name has its forms", () => {
  expect(namesOf("sliding-window-2d")).toEqual({
    kebab: "sliding-window-2d",
    camel: "slidingWindow2d",
    pascal: "SlidingWindow2d",
  });
});

test("an entry goes to the end of its array, on one line or many, past brackets inside", () => {
  const add = (text: string) => addEntry("f", "list", "c").apply(text);
  expect(add("export const list = [a, b] as const;\n")).toBe("export const list = [a, b,\n  c,\n] as const;\n");
  const nested = `export const list = [\n  a(["]"], [1]),\n] as const;\n`;
  expect(add(nested)).toBe(`export const list = [\n  a(["]"], [1]),\n  c,\n] as const;\n`);
  expect(add("export const list: readonly X[] = [];\n")).toBe("export const list: readonly X[] = [\n  c,\n];\n");
  expect(add("export const other = [];\n")).toBeUndefined();
});

test("imports and re-exports go after the last of their kind", () => {
  const text = `import {\n  a,\n} from "a";\n\nexport { b } from "./b.ts";\nexport const x = 1;\n`;
  expect(addImport("f", "import c;").apply(text)).toBe(text.replace(`from "a";\n`, `from "a";\nimport c;\n`));
  expect(addExport("f", "export c;").apply(text)).toBe(text.replace(`"./b.ts";\n`, `"./b.ts";\nexport c;\n`));
  expect(addExport("f", "export c;").apply("const x = 1;\n")).toBeUndefined();
});
