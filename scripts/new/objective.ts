import { type Blueprint, changeset, type Names } from "./blueprint.ts";
import { addEntry, addExport, addImport } from "./edits.ts";

/** An objective for one stream, in `packages/objectives`: it begins with the loss on the target only. */
export function objectiveBlueprint(names: Names): Blueprint {
  const { kebab, camel } = names;
  const source = "packages/objectives/src";
  return {
    files: {
      [`${source}/${kebab}.ts`]: `import { isPair } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { assertTokens, pairFeatures, pairPrompt, promptFeatures } from "./decoder-only-features.ts";
import { fitsStreams } from "./fits-streams.ts";
import { type Objective, objective } from "./objective.ts";
import { tokenLoss, tokenLossOptions } from "./token-loss.ts";

const schema = z.strictObject(tokenLossOptions);

/** Each token predicts the next one; of a pair, only the target carries loss. */
export function ${camel}(options: z.input<typeof schema> = {}): Objective<"tokens"> {
  const lossOptions = validateWith(schema, options, { code: "objective/options", what: "${kebab}" });
  const streams = ["tokens"] as const;
  return {
    name: "${kebab}",
    streams,
    supports: (architecture) => fitsStreams("${kebab}", streams, architecture),
    features(example, { special }) {
      if (isPair(example)) return pairFeatures(example, special, "target");
      const { tokens } = example;
      assertTokens(tokens, 2);
      const targets = tokens.slice(1);
      return { streams: { tokens: tokens.slice(0, -1) }, prefixLength: 0, targets, lossWeights: targets.map(() => 1) };
    },
    prompt: (example, { special }) =>
      isPair(example) ? pairPrompt(example.source, special) : promptFeatures(example.tokens),
    loss: tokenLoss(lossOptions),
  };
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
    next: [`write in ${source}/${kebab}.ts which tokens an example becomes, and which of them carry loss`],
  };
}
