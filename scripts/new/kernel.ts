import { type Blueprint, changeset, type Names } from "./blueprint.ts";
import { addEntry, addExport, addImport } from "./edits.ts";

/** An attention kernel, in `packages/attention`: it begins as the reference, and the suite holds it to that. */
export function kernelBlueprint(names: Names): Blueprint {
  const { kebab, camel } = names;
  const source = "packages/attention/src";
  return {
    files: {
      [`${source}/${kebab}.ts`]: `import type { AttentionKernel } from "./attention-kernel.ts";
import { reference } from "./reference.ts";

/**
 * Attention as the reference computes it: \`softmax(q·kᵀ·scale + bias)·v\` over the visible keys.
 *
 * @example ${camel}().attend({ query, key, value, mask: causal() }).shape // => [1, 2, 4, 8]
 */
export function ${camel}(): AttentionKernel {
  const { attend } = reference();
  return {
    name: "${kebab}",
    supports: () => true,
    attend,
  };
}
`,
      [`${source}/${kebab}.test.ts`]: `import "@tensorflow/tfjs-backend-cpu";
import { tf } from "@trivium/tensor";
import { ${camel} } from "./${kebab}.ts";
import { describeKernel } from "./testing.ts";

const activate = async (): Promise<void> => void (await tf.setBackend("cpu"));

describeKernel(${camel}(), { label: "${kebab} on cpu", activate });
`,
      ...changeset("kernel", names, ["@trivium/attention"]),
    },
    edits: [
      addExport(`${source}/index.ts`, `export { ${camel} } from "./${kebab}.ts";`),
      addImport(`${source}/attention-plugins.ts`, `import { ${camel} } from "./${kebab}.ts";`),
      addEntry(
        `${source}/attention-plugins.ts`,
        "attentionPlugins",
        `attentionKernel("${kebab}", ${camel}, { description: "As the reference.", schema: z.strictObject({}) })`,
      ),
    ],
    next: [`write attend in ${source}/${kebab}.ts, and say in supports what it cannot do and why`],
  };
}
