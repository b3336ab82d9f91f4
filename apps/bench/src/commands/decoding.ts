import { fused } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { type Architecture, createModel, type LanguageModel, packParameter } from "@trivium/model";
import {
  disposeTree,
  flattenTree,
  type ParameterTree,
  type Tensor,
  type Tensor2D,
  tf,
  unflattenTree,
  type WeightFormat,
  weightFormats,
} from "@trivium/tensor";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { type Absent, type Contender, contenderOn, type Work } from "../contender.ts";
import {
  bookkeepingContender,
  type DecodingContender,
  decodingContender,
  prefillContender,
  promptsOf,
} from "../contenders/decoding-contender.ts";
import { createEngines, type Engine } from "../contenders/engines.ts";
import { type DecodingShape, decodingShapes, modelOptionsOf, prefillWork, tokenWork } from "../decoding-work.ts";
import { findingsOf } from "../measure.ts";
import { count, counts, engineOptions, listOf, measuringOptions, peersOption } from "../options.ts";
import { llamaContender } from "../peers/llama.ts";
import { torchContenders } from "../peers/torch-process.ts";
import { transformersJsContenders } from "../peers/transformers-js.ts";
import { plugins } from "../plugins.ts";

const schema = z.strictObject({
  batch: counts.prefault("1,8").describe("Rows, with commas"),
  keys: count.default(1024).describe("Positions of each row before a token"),
  tokens: count.default(31).describe("Tokens after which rows begin again behind their prompts"),
  prefill: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .describe("Positions of prompts that are run whole, beside tokens; 0 for none"),
  shape: z.enum(["gpt2", "smollm2"]).optional().describe("Sizes of a known model, in place of the next four"),
  layers: count.default(12).describe("Layers"),
  width: count.default(256).describe("Width"),
  heads: count.default(4).describe("Heads"),
  vocabulary: count.default(512).describe("Ids"),
  weights: listOf(weightFormats)
    .prefault("f32")
    .describe(`How weights are held, with commas: ${weightFormats.join(", ")}`),
  peers: peersOption(["torch", "llama", "onnxruntime"]),
  ...engineOptions,
  ...measuringOptions,
});
type Options = z.output<typeof schema>;

/** A token of decoding: alone, with beams that move, and what of it is neither an op nor a kernel. */
export const decoding = defineBenchmark({
  name: "decoding",
  description: "A token of each row against cached keys, and what positions, masks, plans and pages take of it.",
  schema,
  remarks: () => [
    "token: every op and kernel of a step, and its logits read. beams: each step follows half of the rows, twice. prefill: a prompt of each row, and the logits of its last token read.",
    "GB/s: the bytes of all weights that a token multiplies with, divided by its time. read: the same number of bytes, in one product with a vector.",
    "bookkeeping: the guard of the sealed prefix, slots, pages, mask and plan of one step, for all of its layers.",
    "copied: bytes of keys and values that a step moved, in the mean.",
  ],
  async run(options, note) {
    const shape = shapeOf(options);
    const contenders: (DecodingContender | Absent)[] = [];
    for (const engine of await createEngines(options)) {
      await engine.use();
      const model = modelOf(shape, options);
      const drawn = model.createParameters(createRandom("bench decoding"));
      for (const batch of options.batch) {
        for (const weights of options.weights)
          contenders.push(...(await contendersOf(engine, { batch, shape, weights, options, model, drawn })));
      }
      disposeTree(drawn);
      contenders.push(await readContender(engine, shape));
    }
    for (const batch of options.batch) contenders.push(...(await peersOf({ batch, shape, options })));
    return findingsOf(contenders, { options, note }, ({ bytesCopied }) => ({ bytesCopied: bytesCopied?.() }));
  },
});

function shapeOf({ shape, layers, width, heads, vocabulary }: Options): DecodingShape {
  if (shape !== undefined) return decodingShapes[shape];
  return { layers, width, heads, vocabulary, keyValueHeads: heads, feedForward: 4 * width, style: "gpt" };
}

/** The rows that peers and contenders decode. */
interface DecodingRequest {
  readonly batch: number;
  readonly shape: DecodingShape;
  readonly options: Options;
}

/** Our own side of it. */
interface OwnRequest extends DecodingRequest {
  readonly weights: WeightFormat;
  readonly model: LanguageModel;
  /** The parameters in float32, which stay the caller's. */
  readonly drawn: ParameterTree;
}

const labelOf = ({ batch, shape, options }: DecodingRequest): string =>
  `batch ${batch}, ${options.keys} keys, ${shape.layers} layers`;

const lengthOf = ({ keys, tokens, prefill }: Options): number => Math.max(prefill, keys + Math.max(keys, tokens));

const prefillLabelOf = ({ batch, shape, options }: DecodingRequest): string =>
  `prefill ${options.prefill}, batch ${batch}, ${shape.layers} layers`;

function modelOf(shape: DecodingShape, options: Options): LanguageModel {
  const architecture: Architecture = plugins.get("architecture", "causal");
  return createModel({ architecture, config: modelOptionsOf(shape, lengthOf(options)), attention: fused() });
}

/** The last of them closes with the parameters that all share. */
async function contendersOf(of: Engine, request: OwnRequest): Promise<DecodingContender[]> {
  const { batch, shape, weights, options, model, drawn } = request;
  const { keys, tokens } = options;
  const engine = { ...of, precision: weights === "f32" ? of.precision : weights };
  const held = Object.entries(flattenTree(drawn)).map(
    ([path, one]) => [path, packParameter(path, one.clone(), weights)] as const,
  );
  const parameters = unflattenTree<Tensor>(Object.fromEntries(held));
  const size = { batch, keys };
  const prompts = promptsOf(size, model.architecture.streams[0] as string);
  const contenders: DecodingContender[] = [];
  for (const moving of batch > 1 ? [false, true] : [false]) {
    const work = tokenWork(`${moving ? "beams" : "token"}, ${labelOf(request)}`, shape, weights);
    const decoder = model.decoder(parameters);
    contenders.push(await decodingContender(engine, { work, decoder, prompts, moving, tokens }));
  }
  if (options.prefill > 0) {
    const work = prefillWork(prefillLabelOf(request), shape, { batch, positions: options.prefill });
    const long = promptsOf({ batch, keys: options.prefill }, model.architecture.streams[0] as string);
    contenders.push(prefillContender(engine, { work, decoder: model.decoder(parameters), prompts: long }));
  }
  const bookkeeping = bookkeepingContender(engine, `bookkeeping, ${labelOf(request)}`, size);
  const close = async () => {
    await bookkeeping.close();
    disposeTree(parameters);
  };
  return [...contenders, { ...bookkeeping, close }];
}

/** Reads as many bytes as a token does, in one product with a vector: the speed that a token's products can have. */
async function readContender(engine: Engine, shape: DecodingShape): Promise<Contender> {
  await engine.use();
  const work = tokenWork("read", shape, "f32");
  const matrix = tf.fill([Math.ceil((work.bytes as number) / 4 / 1024), 1024], 0.5) as Tensor2D;
  const vector = tf.fill([1, 1024], 1) as Tensor2D;
  return contenderOn(engine, {
    work,
    run(times) {
      for (let time = 0; time < times; time++) tf.matMul(vector, matrix, false, true).dispose();
    },
    close: () => tf.dispose([matrix, vector]),
  });
}

async function peersOf(request: DecodingRequest): Promise<(Contender | Absent)[]> {
  const { batch, shape, options } = request;
  const { keys, tokens, prefill, peers } = options;
  const length = lengthOf(options);
  const work = (weights: WeightFormat) => tokenWork(`token, ${labelOf(request)}`, shape, weights);
  const found: (Contender | Absent)[] = [];
  for (const weights of peers.includes("torch") ? options.weights : []) {
    if (weights === "q8") continue;
    const settings = { ...shape, batch, keys, tokens, length };
    const given = { ...options, precision: [weights], settings };
    found.push(...(await torchContenders("torch_decoding.py", work(weights), given)));
    if (prefill === 0) continue;
    const ofPrompt = prefillWork(prefillLabelOf(request), shape, { batch, positions: prefill });
    const whole = { ...given, settings: { ...settings, keys: prefill, tokens: 0 } };
    found.push(...(await torchContenders("torch_decoding.py", ofPrompt, whole)));
  }
  if (peers.includes("onnxruntime")) {
    const sizes = { ...shape, length };
    const given = { sizes, work, threads: Math.max(...options.threads), settings: { keys, tokens } };
    found.push(...(batch > 1 ? [oneRowOnly] : await transformersJsContenders(given)));
  }
  if (peers.includes("llama")) found.push(await llamaOf(request, work("q8")));
  return found;
}

const oneRowOnly: Absent = { name: "onnxruntime", reason: "it takes one row", remedy: "Choose --batch 1" };

/** The model of the contenders as a file; its parameters are gone once it is written. */
async function llamaOf({ batch, shape, options }: DecodingRequest, work: Work): Promise<Contender | Absent> {
  const { keys, tokens } = options;
  if (shape.style !== "llama" || batch > 1) {
    const reason = "it takes one row of a Llama-like model";
    return { name: "llama.cpp", reason, remedy: "Choose --shape smollm2 --batch 1" };
  }
  const model = modelOf(shape, options);
  const parameters = model.createParameters(createRandom("bench decoding"));
  try {
    const settings = { keys, tokens, length: lengthOf(options) };
    return await llamaContender({ model, parameters, work, threads: Math.max(...options.threads), settings });
  } finally {
    disposeTree(parameters);
  }
}
