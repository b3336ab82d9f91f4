import type { AttentionKernel } from "@trivium/attention";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import type { Contender } from "../contender.ts";
import { createEngines, type Engine } from "../contenders/engines.ts";
import { matMulContender } from "../contenders/mat-mul.ts";
import { stepContender } from "../contenders/step-contender.ts";
import { recordProducts, type StepProduct } from "../contenders/step-products.ts";
import { gemmFlops } from "../gemm-work.ts";
import { measure, median } from "../measure.ts";
import type { Finding } from "../measurement.ts";
import { engineOptions, type MeasuringOptions, measuringOptions } from "../options.ts";
import { stepAttention, stepOptions, stepWorks } from "../step-options.ts";
import type { StepWork } from "../step-work.ts";

const schema = z.strictObject({ ...stepOptions, ...engineOptions, ...measuringOptions });

/** The matrix products that a training step makes: inside it, and alone. */
export const products = defineBenchmark({
  name: "products",
  description: "The matrix products of a training step: inside it, and alone as `bench gemm` measures them.",
  schema,
  async run(options, note) {
    const findings: Finding[] = [];
    const attention = stepAttention(options);
    const engines = await createEngines(options);
    for (const work of stepWorks(options)) {
      for (const engine of engines) findings.push(...(await benchProducts(work, { engine, attention, options, note })));
    }
    return { findings, remarks };
  },
});

const remarks = [
  "Seconds are medians of one product; inside the step an epilogue (bias, activation) is part of it, alone there is none.",
  "The last lines of a step: all of its products, each median as often as the step makes it.",
];

interface Setting {
  readonly engine: Engine;
  readonly attention: AttentionKernel;
  readonly options: MeasuringOptions;
  note(line: string): void;
}

async function benchProducts(work: StepWork, { engine, attention, options, note }: Setting): Promise<Finding[]> {
  const { precision, provider, threads, use } = engine;
  const step = stepContender({ name: "step", precision, provider, threads, use, work, attention });
  await step.run(options.warmup + 1);
  const { products: found, batched } = await recordProducts(engine, step.run, 1);
  if (batched > 0) note(`${work.label}: ${batched} products of batches of matrices are left out`);
  const inside: StepProduct[][] = [];
  const recorded: Contender = {
    ...step,
    async run(times) {
      const records = await recordProducts(engine, step.run, times);
      inside.push([...records.products]);
      return records.products.flatMap(({ seconds }) => seconds).reduce((sum, one) => sum + one, 0);
    },
  };
  const alone: Contender[] = [];
  for (const product of found) {
    alone.push(await matMulContender({ name: "trivium", precision, provider, threads, use, work: product.work }));
  }
  try {
    const [, ...measured] = await measure([recorded, ...alone], options);
    return findingsOf(work, {
      ...{ engine, found, inside: inside.slice(-options.rounds) },
      alone: measured.map(({ seconds }) => seconds),
    });
  } finally {
    for (const contender of [step, ...alone]) await contender.close();
  }
}

interface ProductTimes {
  readonly engine: Engine;
  readonly found: readonly StepProduct[];
  /** Of each round. */
  readonly inside: readonly (readonly StepProduct[])[];
  /** Of each product, the seconds of each round. */
  readonly alone: readonly (readonly number[])[];
}

function findingsOf({ label }: StepWork, { engine, found, inside, alone }: ProductTimes): Finding[] {
  const { precision, provider, threads } = engine;
  const both = (work: string, flops: number, times: readonly [readonly number[], readonly number[]]): Finding[] =>
    (["trivium", "inside the step"] as const).map((name, at) => {
      const rounds = [...(times[at] as readonly number[])];
      const stepSeconds = median(rounds);
      return { name, precision, provider, threads, work, stepSeconds, gflops: flops / stepSeconds / 1e9, rounds };
    });
  const pairs = found.map(({ work, calls }, at) => ({
    ...{ work, calls, flops: gemmFlops(work), alone: alone[at] as readonly number[] },
    inside: inside.map((round) => median(round.find((product) => product.work.label === work.label)?.seconds ?? [])),
  }));
  const total = (of: (pair: (typeof pairs)[number]) => number) =>
    pairs.reduce((sum, pair) => sum + pair.calls * of(pair), 0);
  return [
    ...pairs.flatMap((pair) =>
      both(`${pair.work.label}, ${pair.calls} in ${label}`, pair.flops, [pair.alone, pair.inside]),
    ),
    ...both(
      `all in ${label}`,
      total(({ flops }) => flops),
      [[total((pair) => median(pair.alone))], [total((pair) => median(pair.inside))]],
    ),
  ];
}
