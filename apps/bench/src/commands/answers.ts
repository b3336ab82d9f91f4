import { fused } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { createModel, packParameter } from "@trivium/model";
import {
  disposeTree,
  flattenTree,
  type ParameterTree,
  type Tensor,
  unflattenTree,
  weightFormats,
} from "@trivium/tensor";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import type { Absent, Contender } from "../contender.ts";
import { answerContender } from "../contenders/answer-contender.ts";
import { createEngines } from "../contenders/engines.ts";
import { findingsOf } from "../measure.ts";
import { count, engineOptions, listOf, measuringOptions, peersOption } from "../options.ts";
import { onnxAnswers } from "../peers/onnx-answers.ts";
import { plugins } from "../plugins.ts";

const schema = z.strictObject({
  source: count.default(256).describe("Tokens of the source"),
  tokens: count.default(64).describe("Tokens of the answer"),
  layers: count.default(6).describe("Layers of the encoder, and of the decoder"),
  width: count.default(512).describe("Width"),
  heads: count.default(8).describe("Heads"),
  feedForward: count.default(2048).describe("Feed-forward width"),
  vocabulary: count.default(32_128).describe("Ids"),
  weights: listOf(weightFormats)
    .prefault("f32")
    .describe(`How weights are held, with commas: ${weightFormats.join(", ")}`),
  peers: peersOption(["onnxruntime"]),
  ...engineOptions,
  ...measuringOptions,
});
type Options = z.output<typeof schema>;

/** An answer of an encoder–decoder of T5's layers; by default those of T5-small. */
export const answers = defineBenchmark({
  name: "answers",
  description:
    "An encoder–decoder of T5's layers reads a source and decodes an answer; by default of T5-small's sizes.",
  schema,
  remarks: () => ["answer: the source encoded, and every token decoded greedily, with its logits read."],
  async run(options, note) {
    const contenders: (Contender | Absent)[] = [];
    const work = { label: `answer of ${options.tokens} to ${options.source}`, tokens: options.tokens };
    for (const engine of await createEngines(options)) {
      await engine.use();
      const architecture = plugins.get("architecture", "encoder-decoder");
      const model = createModel({ architecture, config: configOf(options), attention: fused() });
      const drawn = model.createParameters(createRandom("bench answers"));
      for (const weights of options.weights) {
        const held = Object.entries(flattenTree(drawn)).map(
          ([path, one]) => [path, packParameter(path, one.clone(), weights)] as const,
        );
        const parameters: ParameterTree = unflattenTree<Tensor>(Object.fromEntries(held));
        const subject = { ...engine, precision: weights === "f32" ? engine.precision : weights };
        contenders.push(answerContender(subject, { work, model, parameters, ...options }));
      }
      disposeTree(drawn);
    }
    if (options.peers.includes("onnxruntime")) contenders.push(...(await onnxAnswers(work, options)));
    return findingsOf(contenders, { options, note });
  },
});

function configOf({ source, tokens, layers, width, heads, feedForward, vocabulary }: Options) {
  return {
    vocabulary,
    layers,
    width,
    heads,
    feedForward,
    length: Math.max(source, tokens),
    norm: "rms",
    activation: "relu",
    biases: false,
    positions: { kind: "t5", buckets: 32, maxDistance: 128 },
    attention: { scale: "none" },
    scaleOutputs: true,
    initialisation: "t5",
  } as const;
}
