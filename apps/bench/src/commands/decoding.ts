import { fused } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { type Architecture, createModel } from "@trivium/model";
import { disposeTree, type Tensor2D, tf } from "@trivium/tensor";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { type Absent, type Contender, contenderOn } from "../contender.ts";
import {
  bookkeepingContender,
  type DecodingContender,
  decodingContender,
  promptsOf,
} from "../contenders/decoding-contender.ts";
import { createEngines, type Engine } from "../contenders/engines.ts";
import { type DecodingShape, decodingShapes, modelOptionsOf, tokenWork } from "../decoding-work.ts";
import { findingsOf } from "../measure.ts";
import { count, counts, engineOptions, measuringOptions, peersOption } from "../options.ts";
import { torchContenders } from "../peers/torch-process.ts";
import { plugins } from "../plugins.ts";

const schema = z.strictObject({
  batch: counts.prefault("1,8").describe("Rows, with commas"),
  keys: count.default(1024).describe("Positions of each row before a token"),
  tokens: count.default(31).describe("Tokens after which rows begin again behind their prompts"),
  shape: z.enum(["gpt2", "smollm2"]).optional().describe("Sizes of a known model, in place of the next four"),
  layers: count.default(12).describe("Layers"),
  width: count.default(256).describe("Width"),
  heads: count.default(4).describe("Heads"),
  vocabulary: count.default(512).describe("Ids"),
  peers: peersOption(["torch"]),
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
    "token: every op and kernel of a step, and its logits read. beams: each step follows half of the rows, twice.",
    "GB/s: the bytes of all weights that a token multiplies with, divided by its time. read: the same number of bytes, in one product with a vector.",
    "bookkeeping: the guard of the sealed prefix, slots, pages, mask and plan of one step, for all of its layers.",
    "copied: bytes of keys and values that a step moved, in the mean.",
  ],
  async run(options, note) {
    const shape = shapeOf(options);
    const contenders: (DecodingContender | Absent)[] = [];
    for (const engine of await createEngines(options)) {
      for (const batch of options.batch) contenders.push(...(await contendersOf(engine, { batch, shape, options })));
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

/** The rows and the model of contenders. */
interface DecodingRequest {
  readonly batch: number;
  readonly shape: DecodingShape;
  readonly options: Options;
}

const labelOf = ({ batch, shape, options }: DecodingRequest): string =>
  `batch ${batch}, ${options.keys} keys, ${shape.layers} layers`;

/** The last of them closes with the parameters that all share. */
async function contendersOf(engine: Engine, request: DecodingRequest): Promise<DecodingContender[]> {
  const { batch, shape, options } = request;
  const { keys, tokens } = options;
  await engine.use();
  const architecture: Architecture = plugins.get("architecture", "causal");
  const config = modelOptionsOf(shape, keys + Math.max(keys, tokens));
  const model = createModel({ architecture, config, attention: fused() });
  const parameters = model.createParameters(createRandom("bench decoding"));
  const size = { batch, keys };
  const prompts = promptsOf(size, architecture.streams[0] as string);
  const contenders: DecodingContender[] = [];
  for (const moving of batch > 1 ? [false, true] : [false]) {
    const work = tokenWork(`${moving ? "beams" : "token"}, ${labelOf(request)}`, shape);
    const decoder = model.decoder(parameters);
    contenders.push(await decodingContender(engine, { work, decoder, prompts, moving, tokens }));
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
  const work = tokenWork("read", shape);
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
  if (options.peers.length === 0) return [];
  const { keys, tokens } = options;
  const settings = { ...shape, batch, keys, tokens, length: keys + Math.max(keys, tokens) };
  return torchContenders("torch_decoding.py", tokenWork(`token, ${labelOf(request)}`, shape), { ...options, settings });
}
