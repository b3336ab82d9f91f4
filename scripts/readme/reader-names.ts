/** What the usual names of docstrings stand for, as expressions over each other and all packages. */
export const readerNames: Readonly<Record<string, string>> = {
  query: "tf.randomNormal([1, 2, 4, 8], 0, 1, 'float32', 1)",
  key: "tf.randomNormal([1, 2, 4, 8], 0, 1, 'float32', 2)",
  value: "tf.randomNormal([1, 2, 4, 8], 0, 1, 'float32', 3)",
  attention: "reference()",
  random: "createRandom(1)",
  special: "reservedSpecials()",
  tokenizer: "createSharedPair(createByteTokenizer())",
  registry: "createRegistry(presets)",
  config: "{ vocabulary: 261, width: 16, heads: 2, layers: 2 }",
  model: "createModel({ architecture: prefix, config, attention })",
  parameters: "model.createParameters(random)",
  objective: "prefixLm()",
  context: "{ special, random }",
  example: "{ source: [7, 8], target: [9] }",
  examples: "[example, { source: [10, 11, 12], target: [13] }]",
  dataset:
    "createDataset({ name: 'tiny', train: [{ source: 'ab', target: 'c' }], validation: [], test: [{ source: 'de', target: 'f' }], tokenizer: { name: 'shared', tokenizer: { name: 'byte' } } })",
  batches: "createBatchSource({ examples, special, objective, batchSize: 2, seed: 1 })",
  task: "languageTask({ model, objective })",
  optimizer: "adamW()",
  schedule: "constant({ rate: 1e-3 })",
  options: "{ task, batches, optimizer, schedule, steps: 2, seed: 1 }",
  signal: "new AbortController().signal",
  request: "{ model, parameters, objective, special, examples, maximumTokens: 3 }",
  heldOut: "encodeHeldOut(dataset.test, tokenizer, 64)",
  decodeTarget: "tokenizer.decodeTarget",
  batch: "markedBatch(objective, examples).batch",
  arrays: "{ weight: { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } }",
  files: "folderFiles('runs/a')",
  weights: "encodeSafetensors(arrays)",
};

/** Features of five, nine and four tokens. */
const featuresOfPrompts = {
  a: "promptOf(objective, { source: [5, 6, 7, 8], target: [] }, context)",
  b: "promptOf(objective, { source: Array(8).fill(5), target: [] }, context)",
  c: "promptOf(objective, { source: [5, 6, 7], target: [] }, context)",
};

/** Names that stand for something else in the docstrings of one file. */
export const readerNamesOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "packages/attention/src/attend-projected.ts": {
    query: "tf.ones([1, 4, 16])",
    key: "tf.ones([1, 4, 16])",
    value: "tf.ones([1, 4, 16])",
  },
  "packages/attention/src/fused.ts": { cpu: "{ name: 'cpu', fused: [] }" },
  "packages/checkpoint/src/decode-safetensors.ts": { weights: "arrays" },
  "packages/checkpoint/src/safetensors-parts.ts": {
    arrays:
      "{ a: { dtype: 'F32', shape: [1], data: Float32Array.of(1) }, b: { dtype: 'F32', shape: [1], data: Float32Array.of(2) } }",
  },
  "packages/checkpoint/src/write-checkpoint.ts": { weights: "arrays", state: "{ epoch: 3 }" },
  "packages/checkpoint/src/file-errors.ts": { folder: "'.'", text: "'{}'" },
  "packages/claims/src/framework/judge.ts": { effect: "{}" },
  "packages/claims/src/in-context/constructed-errors.ts": {
    sequences: "[drawSequence({ task: linearRegression, width: 2, examples: 4, queries: 2 }, random)]",
    mask: "full()",
  },
  "packages/claims/src/in-context/in-context-descent.ts": {
    sequence: "drawSequence({ task: linearRegression, width: 2, examples: 4, queries: 2 }, random)",
  },
  "packages/claims/src/in-context/stationary-weights.ts": {
    sequence: "drawSequence({ task: linearRegression, width: 2, examples: 4, queries: 2 }, random)",
  },
  "packages/claims/src/learning-curves/loss-at.ts": {
    curve: "[{ tokensSeen: 100, targetLoss: 2 }, { tokensSeen: 200, targetLoss: 1 }]",
  },
  "packages/compose/src/training-notes.ts": {
    recipe: "{ batch: 64, steps: 100, schedule: { name: 'constant', options: {} } }",
    data: "{ train: Array(10).fill({ source: [7], target: [8] }), tokenizer }",
  },
  "packages/core/src/pacer.ts": { steps: "[() => undefined]" },
  "packages/data/src/evaluation-batches.ts": { score: "() => undefined" },
  "packages/data/src/fitting-length.ts": {
    tokenizer: "fitPairTokenizer(await cmudict(), (json) => registry.create('tokenizer', json.name, json))",
  },
  "packages/evaluator/src/compare.ts": {
    arms: "[{ name: 'prefix', architecture: prefix, config, objective }]",
    batches: "(own) => createBatchSource({ examples, special, objective: own, batchSize: 2, seed: 1 })",
  },
  "packages/evaluator/src/evaluate.ts": {
    options: "{ model, parameters, objective, special, heldOut, decodeTarget }",
  },
  "packages/evaluator/src/matching/match-configuration.ts": { lengths: "{ source: 8, target: 8 }" },
  "packages/evaluator/src/score-continuations.ts": { tokens: "[5, 6]" },
  "packages/evaluator/src/statistics/paired-score.ts": {
    metric: "exactMatch()",
    one: "[{ prediction: 'a', references: ['a'] }, { prediction: 'b', references: ['b'] }]",
    other: "[{ prediction: 'a', references: ['a'] }, { prediction: 'c', references: ['b'] }]",
  },
  "packages/features/src/documents.ts": { ids: "new Int32Array(8)" },
  "packages/features/src/packed-batch.ts": featuresOfPrompts,
  "packages/features/src/packed-rows.ts": featuresOfPrompts,
  "packages/features/src/packer.ts": featuresOfPrompts,
  "packages/generate/src/collect-answers.ts": { options: "{ ...request, decodeText: tokenizer.decodeTarget }" },
  "packages/masks/src/writing/draw-ascii.ts": { size: "{ queries: 3, keys: 3 }" },
  "packages/model/src/input-masks.ts": {
    example: "{ source: [5, 6, 7], target: [8] }",
    input: "{ ...batch, streams: { ...batch.streams, ...markedBatch(seq2seq(), examples).batch.streams } }",
  },
  "packages/model/src/logits-of.ts": {
    config: "{ vocabulary: 16, width: 16, heads: 2, layers: 2 }",
    input: "toBatch([promptOf(objective, { source: [7, 8], target: [] }, context)], { pad: 0 })",
  },
  "packages/probes/src/attention-on-source.ts": {
    model: "createModel({ architecture: encoderDecoder, config, attention })",
  },
  "packages/probes/src/observe-attention.ts": { entropies: "[]", entropyOf: "() => 0" },
  "packages/probes/src/linear-probe.ts": {
    examples:
      "Array.from({ length: 16 }, (_, n) => ({ example: { source: [5 + (n % 2), 9], target: [7] }, label: n % 2, position: 0 }))",
  },
  "packages/registry/src/registry.ts": { mine: "architecture('mine', causal)" },
  "packages/tensor/src/fused/linear.ts": {
    x: "tf.ones([2, 4])",
    parameters:
      "{ query: { weight: tf.ones([4, 4]) }, key: { weight: tf.ones([4, 4]) }, value: { weight: tf.ones([4, 4]) } }",
  },
  "packages/tensor/src/recompute.ts": { x: "tf.ones([2, 4])", w: "tf.ones([4, 4])" },
  "packages/tensor/src/tree.ts": { tensor: "tf.scalar(1)" },
  "packages/tensor/src/value-and-gradients.ts": { parameters: "{ w: tf.ones([2]) }" },
  "packages/trainer/src/metrics-sink.ts": { evaluate: "{}" },
  "packages/trainer/src/accumulate.ts": {
    batches: "[markedBatch(objective, examples).batch]",
    options: "{ random }",
  },
};

/** Fills the folder in which the examples run: with a run, a recipe and examples in a file. */
export const readerFolder = `
await openRun("runs/a", { identity: { architecture: "prefix", seed: 1 } });
await writeCheckpoint("runs/a", { step: 100, files: { "model.safetensors": arrays, "state.json": { epoch: 3 } } });
await appendMetrics("runs/a/metrics.jsonl", [{ step: 1, loss: 3.2 }]);
releaseRun("runs/a");
writeFileSync("recipe.json", "{}");
writeFileSync("words.tsv", Array.from({ length: 40 }, (_, n) => "w" + n + "\\tx" + n + "\\n").join(""));
`;
