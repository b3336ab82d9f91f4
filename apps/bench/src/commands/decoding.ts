import { fused } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { type Architecture, createModel } from "@trivium/model";
import { presets } from "@trivium/presets";
import { createRegistry } from "@trivium/registry";
import { disposeTree } from "@trivium/tensor";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import type { Contender } from "../contender.ts";
import {
  bookkeepingContender,
  type DecodingContender,
  decodingContender,
  promptsOf,
} from "../contenders/decoding-contender.ts";
import { createEngines, type Engine } from "../contenders/engines.ts";
import { type Measured, measure, median } from "../measure.ts";
import type { Finding } from "../measurement.ts";
import { count, counts, engineOptions, measuringOptions } from "../options.ts";

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
  async run(options) {
    const subjects: Subject[] = [];
    try {
      for (const engine of await createEngines(options)) {
        for (const batch of options.batch) subjects.push(await subjectOf(engine, batch, options));
      }
      const measured = await measure(
        subjects.flatMap(({ contenders }) => contenders),
        options,
      );
      return { findings: measured.map(findingOf), remarks };
    } finally {
      for (const subject of subjects) await subject.close();
    }
  },
});

const remarks = [
  "token: every op and kernel of a step, and its logits read. beams: each step follows half of the rows, twice.",
  "bookkeeping: the guard of the sealed prefix, slots, pages, mask and plan of one step, for all of its layers.",
  "copied: bytes of keys and values that a step moved, in the mean.",
];

interface Subject {
  readonly contenders: readonly (Contender | DecodingContender)[];
  close(): Promise<void>;
}

async function subjectOf(engine: Engine, batch: number, options: Options): Promise<Subject> {
  const { keys, layers, width, heads, vocabulary } = options;
  const { precision, provider, threads, use } = engine;
  await use();
  const architecture: Architecture = createRegistry(presets).get("architecture", "causal");
  const config = { vocabulary, length: 2 * keys, layers, width, heads };
  const model = createModel({ architecture, config, attention: fused() });
  const parameters = model.createParameters(createRandom("bench decoding"));
  const size = { batch, keys };
  const own = { name: "trivium", precision, provider, threads };
  const shape = `batch ${batch}, ${keys} keys, ${layers} layers`;
  const prompts = promptsOf(size, architecture.streams[0] as string);
  const contenders: (Contender | DecodingContender)[] = [];
  for (const moving of batch > 1 ? [false, true] : [false]) {
    const work = `${moving ? "beams" : "token"}, ${shape}`;
    contenders.push(
      await decodingContender({ ...own, work, size, use, decoder: model.decoder(parameters), prompts, moving }),
    );
  }
  contenders.push(bookkeepingContender({ ...own, work: `bookkeeping, ${shape}` }, size));
  return {
    contenders,
    async close() {
      for (const contender of contenders) await contender.close();
      disposeTree(parameters);
    },
  };
}

function findingOf({ contender, seconds }: Measured<Contender | DecodingContender>): Finding {
  const { name, precision, provider, threads, work } = contender;
  return {
    name,
    precision,
    provider,
    threads,
    work: work as string,
    stepSeconds: median(seconds),
    bytesCopied: "bytesCopied" in contender ? contender.bytesCopied() : undefined,
    rounds: [...seconds],
  };
}
