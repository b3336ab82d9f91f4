import { fused } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { type Architecture, createModel } from "@trivium/model";
import { disposeTree } from "@trivium/tensor";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import {
  bookkeepingContender,
  type DecodingContender,
  decodingContender,
  promptsOf,
} from "../contenders/decoding-contender.ts";
import { createEngines, type Engine } from "../contenders/engines.ts";
import { findingsOf } from "../measure.ts";
import { count, counts, engineOptions, measuringOptions } from "../options.ts";
import { plugins } from "../plugins.ts";

const schema = z.strictObject({
  batch: counts.prefault("1,8").describe("Rows, with commas"),
  keys: count.default(1024).describe("Positions of each row before a token"),
  layers: count.default(12).describe("Layers"),
  width: count.default(256).describe("Width"),
  heads: count.default(4).describe("Heads"),
  vocabulary: count.default(512).describe("Ids"),
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
    "bookkeeping: the guard of the sealed prefix, slots, pages, mask and plan of one step, for all of its layers.",
    "copied: bytes of keys and values that a step moved, in the mean.",
  ],
  async run(options, note) {
    const contenders: DecodingContender[] = [];
    for (const engine of await createEngines(options)) {
      for (const batch of options.batch) contenders.push(...(await contendersOf(engine, batch, options)));
    }
    return findingsOf(contenders, { options, note }, ({ bytesCopied }) => ({ bytesCopied: bytesCopied?.() }));
  },
});

/** The last of them closes with the parameters that all share. */
async function contendersOf(engine: Engine, batch: number, options: Options): Promise<DecodingContender[]> {
  const { keys, layers, width, heads, vocabulary } = options;
  await engine.use();
  const architecture: Architecture = plugins.get("architecture", "causal");
  const config = { vocabulary, length: 2 * keys, layers, width, heads };
  const model = createModel({ architecture, config, attention: fused() });
  const parameters = model.createParameters(createRandom("bench decoding"));
  const size = { batch, keys };
  const shape = `batch ${batch}, ${keys} keys, ${layers} layers`;
  const prompts = promptsOf(size, architecture.streams[0] as string);
  const contenders: DecodingContender[] = [];
  for (const moving of batch > 1 ? [false, true] : [false]) {
    const label = `${moving ? "beams" : "token"}, ${shape}`;
    contenders.push(await decodingContender(engine, { label, decoder: model.decoder(parameters), prompts, moving }));
  }
  const bookkeeping = bookkeepingContender(engine, `bookkeeping, ${shape}`, size);
  const close = async () => {
    await bookkeeping.close();
    disposeTree(parameters);
  };
  return [...contenders, { ...bookkeeping, close }];
}
