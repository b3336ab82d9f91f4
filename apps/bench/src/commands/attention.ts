import type { AttentionKernel } from "@trivium/attention";
import { ConfigError } from "@trivium/core";
import { density, type Mask, parseMask, printMask, visiblePairs } from "@trivium/masks";
import { presets } from "@trivium/presets";
import { createRegistry } from "@trivium/registry";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import type { Contender } from "../contender.ts";
import { type AttentionSize, attentionContender } from "../contenders/attention-contender.ts";
import { createEngines, type Engine } from "../contenders/engines.ts";
import { type Measured, measure, median } from "../measure.ts";
import type { Finding } from "../measurement.ts";
import { count, engineOptions, measuringOptions } from "../options.ts";

const schema = z.strictObject({
  mask: z
    .array(z.string())
    .default(["full", "causal"])
    .describe('A mask such as "prefix(512)|causal"; repeatable. The others are compared with the first'),
  kernel: z
    .string()
    .transform((text) => text.split(","))
    .prefault("fused")
    .describe("Attention kernels, with commas: see trivium list attention"),
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
  async run(options) {
    const contenders: MaskContender[] = [];
    for (const kernel of options.kernel) {
      for (const text of options.mask) contenders.push(...(await maskContenders(text, kernel, options)));
    }
    try {
      const findings = (await measure(contenders, options)).map((one) => findingOf(one, options));
      return { findings: findings.map((finding) => comparedWithFirst(finding, findings)), remarks };
    } finally {
      for (const contender of contenders) await contender.close();
    }
  },
});

const remarks = [
  "Seconds are medians of a pass forward and backward. GFLOP/s = 12·head width·heads·visible pairs ÷ seconds.",
  "engine: the most that its tensors took. process: the most that all contenders of this run took together.",
];

interface MaskContender extends Contender {
  readonly mask: Mask;
  readonly engine: Engine;
}

/** Each mask has engines of its own, so that the peak of their memory is its. */
async function maskContenders(text: string, kernelName: string, options: Options): Promise<MaskContender[]> {
  const registry = createRegistry(presets);
  const mask = parseMask(text, { plugins: registry });
  const size = sizeOf(options);
  const kernel: AttentionKernel = registry.create("attention", kernelName as never, {});
  const contenders: MaskContender[] = [];
  for (const engine of await createEngines(options)) {
    const { precision, provider, threads, use } = engine;
    const work = `${printMask(mask, { plugins: registry })}, ${kernelName}`;
    const own = { name: "trivium", precision, provider, threads, use, work };
    contenders.push({ ...(await attentionContender({ ...own, size, mask, kernel })), mask, engine });
  }
  return contenders;
}

/** @throws {ConfigError} `bench/options` if the width is no multiple of the heads. */
function sizeOf({ batch, heads, length, width }: Options): AttentionSize {
  if (width % heads === 0) return { batch, heads, length, width };
  throw new ConfigError("bench/options", `bench attention: --width ${width} is not a multiple of --heads ${heads}`);
}

function findingOf({ contender, seconds }: Measured<MaskContender>, options: Options): Finding {
  const { name, precision, provider, threads, work, mask, engine } = contender;
  const { batch, length, width } = options;
  const stepSeconds = median(seconds);
  const size = { queries: length, keys: length };
  return {
    ...{ name, precision, provider, threads, work: work as string, stepSeconds },
    tokensPerSecond: (batch * length) / stepSeconds,
    gflops: (12 * width * batch * visiblePairs(mask, size)) / stepSeconds / 1e9,
    visibleFraction: density(mask, size),
    peakEngineBytes: engine.peakBytes(),
    residentBytes: process.resourceUsage().maxRSS * 1024,
    rounds: [...seconds],
  };
}

/** How much faster it is than the first mask on the same engine and kernel. */
function comparedWithFirst(finding: Finding, findings: readonly Finding[]): Finding {
  const kernelOf = ({ work }: Finding) => work.split(", ").at(-1);
  const first = findings.find(
    (one) =>
      kernelOf(one) === kernelOf(finding) &&
      one.precision === finding.precision &&
      one.provider === finding.provider &&
      one.threads === finding.threads,
  ) as Finding;
  return { ...finding, timesFirst: first.stepSeconds / finding.stepSeconds };
}
