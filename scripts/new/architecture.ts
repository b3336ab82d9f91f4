import { type Blueprint, changeset, type Names } from "./blueprint.ts";
import { addDependency, addEntry, addImport } from "./edits.ts";
import { packageFiles } from "./package-files.ts";

/** An architecture: one record in a package of its own, held to the invariants. */
export function architectureBlueprint(names: Names, presetsFile: string): Blueprint {
  const { kebab, camel } = names;
  const name = `@trivium/model-${kebab}`;
  const directory = `packages/model-${kebab}`;
  return {
    files: {
      ...packageFiles({
        name,
        directory,
        tag: "architecture",
        description: `The ${kebab} architecture: one record.`,
        dependencies: ["@trivium/masks", "@trivium/model", "@trivium/registry"],
        devDependencies: {
          "@tensorflow/tfjs-backend-cpu": "catalog:",
          "@trivium/attention": "workspace:*",
          "@trivium/tensor": "workspace:*",
        },
        readme: readme(names),
      }),
      [`${directory}/src/architecture.ts`]: `import { and, causal, window } from "@trivium/masks";
import { type Architecture, architecture } from "@trivium/model";

/** Decoder-only with a window: a position sees itself and the 4 positions before it. */
export const ${camel} = {
  name: "${kebab}",
  streams: ["tokens"],
  reads: "past",
  selfMask: () => and(causal(), window({ left: 4 })),
} satisfies Architecture<"tokens">;

export const ${camel}Plugin = architecture("${kebab}", ${camel} as Architecture, {
  description: "Decoder-only with a window: a position sees itself and the 4 positions before it.",
});
`,
      [`${directory}/src/architecture.test.ts`]: `import "@tensorflow/tfjs-backend-cpu";
import { reference } from "@trivium/attention";
import { describeArchitecture } from "@trivium/model/testing";
import { tf } from "@trivium/tensor";
import { ${camel} } from "./architecture.ts";

const activate = async () => void (await tf.setBackend("cpu"));

describeArchitecture(${camel}, { attention: reference(), activate, backend: "cpu" });
`,
      [`${directory}/src/index.ts`]: `export { ${camel}, ${camel}Plugin } from "./architecture.ts";\n`,
      ...changeset("architecture", names, [name, "@trivium/presets"]),
    },
    edits: [
      addImport(presetsFile, `import { ${camel}Plugin } from "${name}";`),
      addEntry(presetsFile, "presets", `${camel}Plugin`),
      addDependency("packages/presets/package.json", name),
    ],
    next: [
      "link the new package and draw it: npx --yes pnpm@12.21.0 install, then pnpm draw-arrows",
      `write who sees whom in ${directory}/src/architecture.ts, and what for in its README`,
    ],
  };
}

const readme = ({ kebab, camel }: Names) => `# @trivium/model-${kebab}

The ${kebab} architecture: decoder-only with a window.

\`\`\`sh
npm install @trivium/model-${kebab} @trivium/masks
\`\`\`

\`\`\`ts
import { drawAscii } from "@trivium/masks";
import { ${camel} } from "@trivium/model-${kebab}";

console.log(drawAscii(${camel}.selfMask(), { queries: 6, keys: 6 }));
\`\`\`
`;
