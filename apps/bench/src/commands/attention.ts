import { ConfigError } from "@trivium/core";
import { density, parseMask, printMask, visiblePairs } from "@trivium/masks";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { oneByOne } from "../contender.ts";
import { attentionContender } from "../contenders/attention-contender.ts";
import { createEngines } from "../contenders/engines.ts";
import { findingsOf } from "../measure.ts";
import type { Finding } from "../measurement.ts";
import { count, engineOptions, measuringOptions, textList } from "../options.ts";
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
  ...measuringOptions,
});
type Options = z.output<typeof schema>;

/** Attention forward and backward, under masks of which each shows another share of the pairs. */
export const attention = defineBenchmark({
  name: "attention",
  description: "Attention, forward and backward: what a mask hides should cost nothing.",
  schema,
  remarks: () => [
    "Seconds are medians of a pass forward and backward. GFLOP/s = 12·head width·heads·visible pairs ÷ seconds.",
    "engine: the most that its tensors took. process: the most that all contenders of this run took together.",
  ],
  async run(options, note) {
    const works = options.kernel.flatMap((kernel) => options.mask.map((mask) => workOf(mask, kernel, options)));
    const contenders = await oneByOne(works, async (work) => {
      // Each mask has engines of its own, so that the peak of their memory is its.
      const engines = await createEngines(options);
      return oneByOne(engines, async (engine) => ({ ...(await attentionContender(engine, work)), work, engine }));
    });
    const findings = await findingsOf(contenders.flat(), { options, note }, ({ work, engine }) => ({
      visibleFraction: density(work.mask, { queries: work.length, keys: work.length }),
      peakEngineBytes: engine.peakBytes(),
      residentBytes: process.resourceUsage().maxRSS * 1024,
    }));
    return findings.map((finding) => comparedWithFirst(finding, findings));
  },
});

/** @throws {ConfigError} `bench/options` if the width is no multiple of the heads. */
function workOf(text: string, kernelName: string, { batch, heads, length, width }: Options) {
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

/** Adds how much faster it is than the first mask on the same engine and kernel. */
function comparedWithFirst(finding: Finding, findings: readonly Finding[]): Finding {
  const engineAndKernel = ({ precision, provider, threads, work }: Finding) =>
    [precision, provider, threads, work.split(", ").at(-1)].join();
  const first = findings.find((one) => engineAndKernel(one) === engineAndKernel(finding)) as Finding;
  return { ...finding, timesFirst: first.stepSeconds / finding.stepSeconds };
}
