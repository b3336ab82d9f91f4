import { type Blueprint, changeset, type Names } from "./blueprint.ts";
import { packageFiles } from "./package-files.ts";

/** A package: manifest, tag, README, one source file with its test. */
export function packageBlueprint(names: Names, tag: string): Blueprint {
  const { kebab, camel } = names;
  const name = `@trivium/${kebab}`;
  const directory = `packages/${kebab}`;
  return {
    files: {
      ...packageFiles({
        name,
        directory,
        tag,
        description: `The package ${kebab}.`,
        dependencies: [],
        readme: readme(names),
      }),
      [`${directory}/src/${kebab}.ts`]: `/**
 * The name of this package.
 *
 * @example ${camel}() // => "${kebab}"
 */
export function ${camel}(): string {
  return "${kebab}";
}
`,
      [`${directory}/src/${kebab}.test.ts`]: `import { expect, test } from "vitest";
import { ${camel} } from "./${kebab}.ts";

test("it knows its name", () => {
  expect(${camel}()).toBe("${kebab}");
});
`,
      [`${directory}/src/index.ts`]: `export { ${camel} } from "./${kebab}.ts";\n`,
      ...changeset("package", names, [name]),
    },
    edits: [],
    next: [
      "link the new package and draw it: npx --yes pnpm@12.21.0 install, then pnpm draw-arrows",
      `write ${directory}/src/${kebab}.ts and the README`,
    ],
  };
}

const readme = ({ kebab, camel }: Names) => `# @trivium/${kebab}

The package ${kebab}.

\`\`\`sh
npm install @trivium/${kebab}
\`\`\`

\`\`\`ts
import { ${camel} } from "@trivium/${kebab}";

${camel}(); // => "${kebab}"
\`\`\`
`;
