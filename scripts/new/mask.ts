import { type Blueprint, changeset, type Names } from "./blueprint.ts";
import { addEntry, addExport, addImport } from "./edits.ts";

/** A mask: a predicate with its options, in `packages/masks`. */
export function maskBlueprint(names: Names): Blueprint {
  const { kebab, camel, pascal } = names;
  const source = "packages/masks/src";
  const folder = `${source}/primitives`;
  return {
    files: {
      [`${folder}/${kebab}.ts`]: `import { assertInteger } from "../assert-integer.ts";
import type { Mask } from "../mask.ts";
import { mask } from "../mask-plugin.ts";

export interface ${pascal}Options {
  /** Distance between visible keys, in positions. */
  readonly step: number;
}

export const ${camel}Mask = mask(
  "${kebab}",
  ({ step }: ${pascal}Options) => {
    assertInteger("masks/${kebab}", "step", step, 1);
    return {
      visible: (_b, _h, q, k) => k <= q && (q - k) % step === 0,
      classify: (_b, _h, queries, keys) => (keys.start >= queries.end ? "none" : "some"),
    };
  },
  { description: "A query sees every step-th key before it.", parameters: ["step"] },
);

/**
 * A query sees itself and every \`step\`-th key before it: \`k ≤ q\` and \`(q − k) mod step = 0\`.
 *
 * \`\`\`
 * ${kebab}(2)
 * █···
 * ·█··
 * █·█·
 * ·█·█
 * \`\`\`
 * @throws {ConfigError} \`masks/${kebab}\` if the step is not an integer ≥ 1.
 * @example ${camel}({ step: 2 }).visible(0, 0, 4, 2) // => true
 */
export const ${camel}: (options: ${pascal}Options) => Mask = ${camel}Mask.create;
`,
      [`${folder}/${kebab}.test.ts`]: `import { expect, test } from "vitest";
import { describeMask } from "../testing.ts";
import { ${camel} } from "./${kebab}.ts";

describeMask("${kebab} of step 3", () => ${camel}({ step: 3 }));

test("a query sees itself and every step-th key before it", () => {
  const { visible } = ${camel}({ step: 3 });
  const seen = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((k) => visible(0, 0, 7, k));
  expect(seen).toEqual([1, 4, 7]);
});

test("a step of 0 is refused", () => {
  expect(() => ${camel}({ step: 0 })).toThrow("step");
});
`,
      ...changeset("mask", names, ["@trivium/masks"]),
    },
    edits: [
      addExport(`${source}/index.ts`, `export { type ${pascal}Options, ${camel} } from "./primitives/${kebab}.ts";`),
      addImport(`${source}/plugins.ts`, `import { ${camel}Mask } from "./primitives/${kebab}.ts";`),
      addEntry(`${source}/plugins.ts`, "maskPlugins", `${camel}Mask`),
    ],
    next: [`write what ${camel} shows in ${folder}/${kebab}.ts, its small matrix and its source`],
  };
}
