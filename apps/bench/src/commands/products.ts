import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { type Contender, oneByOne } from "../contender.ts";
import { createEngines, type Engine } from "../contenders/engines.ts";
import { matMulContender } from "../contenders/mat-mul.ts";
import { stepContender } from "../contenders/step-contender.ts";
import { recordProducts, type StepProduct } from "../contenders/step-products.ts";
import { findingOf, measure, median, type Setting } from "../measure.ts";
import type { Finding } from "../measurement.ts";
import { engineOptions, measuringOptions } from "../options.ts";
import { attentionFor } from "../plugins.ts";
import { stepOptions, stepWorks } from "../step-options.ts";
import type { StepWork } from "../step-work.ts";

const schema = z.strictObject({ ...stepOptions, ...engineOptions, ...measuringOptions });
type Options = z.output<typeof schema>;

/** The matrix products that a training step makes: inside it, and alone. */
export const products = defineBenchmark({
  name: "products",
  description: "The matrix products of a training step: inside it, and alone as `bench gemm` measures them.",
  schema,
  remarks: () => [
    "Seconds are medians of one product; inside the step an epilogue (bias, activation) is part of it, alone there is none.",
    "The last lines of a step: all of its products, each median as often as the step makes it.",
  ],
  async run(options, note) {
    const engines = await createEngines(options);
    const findings = await oneByOne(stepWorks(options), (work) =>
      oneByOne(engines, (engine) => benchProducts(work, engine, { options, note })),
    );
    return findings.flat(2);
  },
});

async function benchProducts(work: StepWork, engine: Engine, { options, note }: Setting<Options>): Promise<Finding[]> {
  const step = stepContender(engine, work, attentionFor(engine.backend, options.attention));
  await step.run(options.warmup + 1);
  const { products: found, batched } = await recordProducts(engine, step.run, 1);
  if (batched > 0) note(`${work.label}: ${batched} products of batches of matrices are left out`);
  const inside: (readonly StepProduct[])[] = [];
  const recorded: Contender = {
    ...step,
    async run(times) {
      const records = await recordProducts(engine, step.run, times);
      inside.push(records.products);
      return records.products.flatMap(({ seconds }) => seconds).reduce((sum, one) => sum + one, 0);
    },
  };
  const alone = await oneByOne(found, (product) => matMulContender(engine, product.work));
  try {
    const [, ...measured] = await measure([recorded, ...alone], options);
    const rounds = inside.slice(-options.rounds);
    const timed = found.map((product, at): TimedProduct => {
      const { label } = product.work;
      const seconds = rounds.map((round) => round.find((one) => one.work.label === label)?.seconds ?? []);
      return { ...product, alone: measured[at]?.seconds ?? [], inside: seconds.map(median) };
    });
    return productFindings(work, engine, timed);
  } finally {
    for (const contender of [step, ...alone]) await contender.close();
  }
}

/** A product with its seconds of each round, alone and inside the step. */
interface TimedProduct extends Pick<StepProduct, "work" | "calls"> {
  readonly alone: readonly number[];
  readonly inside: readonly number[];
}

function productFindings({ label }: StepWork, engine: Engine, timed: readonly TimedProduct[]): Finding[] {
  const both = (work: Contender["work"], alone: readonly number[], inside: readonly number[]): Finding[] => [
    findingOf({ ...engine, work }, alone),
    findingOf({ ...engine, name: "inside the step", work }, inside),
  ];
  const total = (of: (product: TimedProduct) => number) =>
    timed.reduce((sum, product) => sum + product.calls * of(product), 0);
  return [
    ...timed.flatMap(({ work, calls, alone, inside }) =>
      both({ label: `${work.label}, ${calls} in ${label}`, flops: work.flops }, alone, inside),
    ),
    ...both(
      { label: `all in ${label}`, flops: total(({ work }) => work.flops) },
      [total(({ alone }) => median(alone))],
      [total(({ inside }) => median(inside))],
    ),
  ];
}
