import { type Blueprint, changeset, type Names } from "./blueprint.ts";
import { addEntry, addExport, addImport } from "./edits.ts";

/** An objective for one stream, in `packages/objectives`: it begins with the loss on the target only. */
export function objectiveBlueprint(names: Names): Blueprint {
  const { kebab, camel } = names;
  const source = "packages/objectives/src";
  return {
    files: {
      [`${source}/${kebab}.ts`]: `import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { createObjective } from "./create-objective.ts";
import { joined } from "./joined.ts";
import { none } from "./none.ts";
import { type Objective, objective } from "./objective.ts";
import { tokenLoss, tokenLossOptions } from "./token-loss.ts";

const schema = z.strictObject(tokenLossOptions);

/** Each token predicts the next one; of a pair, only the target carries loss. */
export function ${camel}(options: z.input<typeof schema> = {}): Objective<"tokens"> {
  const settings = validateWith(schema, options, { code: "objective/options", what: "${kebab}" });
  return createObjective({
    name: "${kebab}",
    settings,
    taskWeights: settings.taskWeights,
    corruption: none(),
    layout: joined({ loss: "target", prefix: "framed" }),
    loss: tokenLoss(settings),
  });
}

export const ${camel}Plugin = objective("${kebab}", ${camel}, {
  description: "Each token predicts the next; of a pair, only the target carries loss.",
  schema,
});
`,
      [`${source}/${kebab}.test.ts`]: `import "@tensorflow/tfjs-backend-cpu";
import { tf } from "@trivium/tensor";
import { ${camel} } from "./${kebab}.ts";
import { describeObjective } from "./testing.ts";

const activate = async () => void (await tf.setBackend("cpu"));

describeObjective(${camel}(), { activate });
describeObjective(${camel}({ labelSmoothing: 0.1 }), { activate });
`,
      ...changeset("objective", names, ["@trivium/objectives"]),
    },
    edits: [
      addExport(`${source}/index.ts`, `export { ${camel} } from "./${kebab}.ts";`),
      addImport(`${source}/index.ts`, `import { ${camel}Plugin } from "./${kebab}.ts";`),
      addEntry(`${source}/index.ts`, "objectivePlugins", `${camel}Plugin`),
    ],
    next: [
      `choose in ${source}/${kebab}.ts the corruption that rewrites an example, and the layout that says where loss is`,
      "give it a line in packages/presets/src/testing/objective-cases.ts, and run pnpm objectives-docs",
    ],
  };
}
