import { heldOutShares } from "./held-out-shares.ts";
import { type ArmName, armNames, type TaskName } from "./names.ts";
import { generatedTasks, isGenerated, isShared, layersOf, type TrainSettings, WARMUP_STEPS } from "./train-settings.ts";
import { tokenizers } from "./training-data.ts";

/** A run as a program is to repeat it. */
export interface ExportedRun {
  readonly settings: TrainSettings;
  /** Tab-separated pairs, of a task that is not generated. */
  readonly pairs: string;
  readonly steps: number;
  /** The build of the kernels that the page ran, which decides the last bits. */
  readonly build: "plain" | "relaxed";
}

const architectures: Readonly<Record<ArmName, readonly [architecture: string, objective: string]>> = {
  causal: ["causal", 'causalLm({ loss: "target" })'],
  prefix: ["prefix", "prefixLm()"],
  "encoder-decoder": ["encoderDecoder", "seq2seq()"],
};

/**
 * The program in TypeScript that repeats a run of the page in Node: it prints the losses of every arm as JSON, the same
 * numbers to the last bit.
 */
export function exportProgram({ settings, pairs, steps, build }: ExportedRun): string {
  const { task, width, heads, batch } = settings;
  const arms = armNames.map((name) => armText(name, settings));
  return `// Losses of three architectures on the same batches, as the playground showed them.
// npm install ${packagesOf(task).join(" ")}
${importsText(task)}

await createSimdBackend({ name: "playground", gemm: "wasm", build: ${JSON.stringify(build)} }).activate();

${datasetText(task, pairs)}
const registry = createRegistry(tokenizerPlugins);
const tokenizer = fitPairTokenizer(dataset, (json) => registry.create("tokenizer", json.name as never, json as never));
const { special, size: vocabulary } = tokenizer;
const examples = encodeExamples(dataset.train, tokenizer);
const all = [...examples, ...encodeExamples(dataset.validation, tokenizer)];
const length = all.reduce((most, example) => Math.max(most, exampleLength(example, special)), 2);
const shared = { vocabulary, length, width: ${width}, heads: ${heads} };
const batchSize = Math.min(${batch}, examples.length);

const arms = [
${arms.join("\n")}
];

${trainingText(settings, steps)}`;
}

const importsText = (task: TaskName): string => `import { fused } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createBatchSource, encodeExamples, exampleLength, fitPairTokenizer${isGenerated(task) ? "" : ", pairsDataset"} } from "@trivium/data";
import { createModel, languageTask } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, prefixLm, seq2seq } from "@trivium/objectives";
import { createRegistry } from "@trivium/registry";
${isGenerated(task) ? `import { ${generatedTasks[task].call} } from "@trivium/tasks";\n` : ""}import { disposeTree } from "@trivium/tensor";
import { tokenizerPlugins } from "@trivium/text";
import { adamW, constant, consume, linearWarmup, lowest, train } from "@trivium/trainer";`;

/** The part that trains every arm, and prints the losses. */
const trainingText = (
  { rate, seed }: TrainSettings,
  steps: number,
): string => `const losses: Record<string, number[]> = {};
for (const { name, architecture, objective, config } of arms) {
  const own: number[] = [];
  const events = train({
    task: languageTask({ model: createModel({ architecture, config, attention: fused() }), objective }),
    batches: createBatchSource({ examples, special, objective, batchSize, seed: ${seed} }),
    optimizer: adamW(),
    schedule: lowest(linearWarmup({ peak: ${rate}, warmupSteps: ${WARMUP_STEPS} }), constant({ rate: ${rate} })),
    steps: ${steps},
    clipNorm: 1,
    seed: ${seed},
  });
  const { parameters } = await consume(events, (event) => {
    if (event.type === "step") own.push(event.loss);
  });
  disposeTree(parameters);
  losses[name] = own;
}
console.log(JSON.stringify(losses));
`;

const packagesOf = (task: TaskName): string[] =>
  ["attention", "backend-simd", "data", "model", "model-causal", "model-encoder-decoder", "model-prefix", "objectives"]
    .concat("registry", isGenerated(task) ? "tasks" : [], "tensor", "text", "trainer")
    .map((name) => `@trivium/${name}`);

function armText(name: ArmName, settings: TrainSettings): string {
  const [architecture, objective] = architectures[name];
  const sharing = isShared(name, settings) ? ", sharedStacks: true" : "";
  const config = `{ ...shared, layers: ${layersOf(name, settings)}${sharing} }`;
  return `  { name: ${JSON.stringify(name)}, architecture: ${architecture}, objective: ${objective}, config: ${config} },`;
}

function datasetText(task: TaskName, pairs: string): string {
  if (isGenerated(task)) {
    const { call, options } = generatedTasks[task];
    return `const dataset = await ${call}(${JSON.stringify(options)});`;
  }
  const isSample = task === "cmudict";
  const options = JSON.stringify(isSample ? { ...heldOutShares, name: "cmudict.tsv" } : heldOutShares);
  const tokenizer = JSON.stringify(tokenizers[isSample ? "cmudict" : "own"]);
  return `const pairs = ${JSON.stringify(pairs)};
const dataset = { ...(await pairsDataset(pairs, ${options})), tokenizer: ${tokenizer} } as const;`;
}
