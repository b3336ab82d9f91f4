import { ConfigError } from "@trivium/core";
import { density, parseMask, printMask, visiblePairs } from "@trivium/masks";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { type Absent, type Contender, oneByOne } from "../contender.ts";
import { type AttentionWork, attentionContender } from "../contenders/attention-contender.ts";
import { createEngines, type Engine } from "../contenders/engines.ts";
import { findingsOf } from "../measure.ts";
import type { Finding } from "../measurement.ts";
import { count, engineOptions, measuringOptions, peersOption, textList } from "../options.ts";
import { torchAttention } from "../peers/torch-attention.ts";
import { attentionNamed, plugins } from "../plugins.ts";

const schema = z.strictObject({
  mask: z
    .array(z.string())
    .default(["full", "causal"])
    .describe('A mask such as "prefix(512)|causal"; repeatable. The others are compared with the first'),
  kernel: textList.prefault("fused").describe("Attention kernels, with commas: see trivium list attention"),
  length: count.default(2048).describe("Positions, of queries as of keys"),
  batch: count.default(1).describe("Rows"),
  heads: count.default(8).describe("Heads"),
  width: count.default(512).describe("Width of all heads together"),
  ...engineOptions,
  peers: peersOption(["torch"]),
  ...measuringOptions,
});
type Options = z.output<typeof schema>;

/** A contender of this benchmark; only ours has an engine. */
interface AttentionContender extends Contender {
  readonly work: AttentionWork;
  readonly engine?: Engine | undefined;
}

/** Attention forward and backward, under masks of which each shows another share of the pairs. */
export const attention = defineBenchmark({
  name: "attention",
  description: "Attention, forward and backward: what a mask hides should cost nothing.",
  schema,
  remarks: () => [
    "Seconds are medians of a pass forward and backward. GFLOP/s = 12·head width·heads·visible pairs ÷ seconds.",
    "engine: the most that its tensors took. process: the most that all contenders of ours in this run took together.",
    "torch is scaled_dot_product_attention; it says whether the mask is none, is_causal or a matrix.",
  ],
  async run(options, note) {
    const works = options.kernel.flatMap((kernel) => options.mask.map((mask) => workOf(mask, kernel, options)));
    const contenders = await oneByOne(works, (work) => contendersOf(work, options));
    const findings = await findingsOf(contenders.flat(), { options, note }, ({ work, engine }) => ({
      visibleFraction: density(work.mask, { queries: work.length, keys: work.length }),
      peakEngineBytes: engine?.peakBytes(),
      residentBytes: engine && process.resourceUsage().maxRSS * 1024,
    }));
    return findings.map((finding) => comparedWithFirst(finding, findings));
  },
});

/** Our engines under a mask, and the peers. */
async function contendersOf(work: AttentionWork, options: Options): Promise<(AttentionContender | Absent)[]> {
  // Each mask has engines of its own, so that the peak of their memory is its.
  const engines = await createEngines(options);
  const ours = await oneByOne(engines, async (engine) => ({
    ...(await attentionContender(engine, work)),
    work,
    engine,
  }));
  const theirs = options.peers.length > 0 ? await torchAttention(work, options) : [];
  return [...ours, ...theirs];
}

/** @throws {ConfigError} `bench/options` if the width is no multiple of the heads. */
function workOf(text: string, kernelName: string, { batch, heads, length, width }: Options): AttentionWork {
  const mask = parseMask(text, { plugins });
  const kernel = attentionNamed(kernelName);
  if (width % heads !== 0)
    throw new ConfigError("bench/options", `bench attention: --width ${width} is not a multiple of --heads ${heads}`);
  const pairs = visiblePairs(mask, { queries: length, keys: length });
  return {
    label: `${printMask(mask, { plugins })}, ${kernelName}`,
    flops: 12 * width * batch * pairs,
    tokens: batch * length,
    batch,
    heads,
    length,
    width,
    mask,
    attention: kernel,
  };
}

/** Adds how much faster it is than the first mask by the same contender and kernel. */
function comparedWithFirst(finding: Finding, findings: readonly Finding[]): Finding {
  const contenderAndKernel = ({ name, precision, provider, threads, work }: Finding) =>
    [name, precision, provider, threads, work.split(", ").at(-1)].join();
  const first = findings.find((one) => contenderAndKernel(one) === contenderAndKernel(finding)) as Finding;
  return { ...finding, timesFirst: first.stepSeconds / finding.stepSeconds };
}
