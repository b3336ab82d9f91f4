/**
 * Times a training step in Chromium on one thread and on two, in turns, on a page's main thread and in a worker:
 * `pnpm browser-step`.
 *
 * Prints medians, the fastest steps and their ratios, and the load of the machine, which they depend on: two threads need
 * two idle processors. On a busy Linux machine `chrt --rr 1 pnpm browser-step` has the precedence that it needs.
 */
import { availableParallelism, loadavg } from "node:os";
import type { StepShape, StepSpeedInput, StepSpeedReport } from "./pages/step-speed.ts";
import { runInChromium } from "./run-in-chromium.ts";

const entry = new URL("./pages/step-speed.ts", import.meta.url);

const small: StepSpeedInput = {
  shape: { vocabulary: 64, length: 16, batch: 64, width: 128, layers: 2, heads: 4 },
  threads: [1, 2],
  ...{ warmupSteps: 8, rounds: 8, stepsPerRound: 4 },
};
const large: StepSpeedInput = {
  shape: { vocabulary: 64, length: 16, batch: 128, width: 256, layers: 4, heads: 4 },
  threads: [1, 2],
  ...{ warmupSteps: 2, rounds: 7, stepsPerRound: 1 },
};

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

const nameOf = ({ vocabulary, length, batch, width, layers, heads }: StepShape): string =>
  [vocabulary, length, batch, width, layers, heads].join(", ");

async function compare(input: StepSpeedInput, place: "page" | "worker"): Promise<void> {
  const { arms } = await runInChromium<StepSpeedReport>({ entry, isolated: true, place, input });
  const timed = arms.map(({ threads, milliseconds }) => ({
    ...{ threads, middle: median(milliseconds), least: Math.min(...milliseconds), count: milliseconds.length },
  }));
  console.log(`(${nameOf(input.shape)}) in a ${place}`);
  for (const { threads, middle, least, count } of timed) {
    console.log(
      `  threads ${threads}: ${middle.toFixed(1)} ms a step (median of ${count}), fastest ${least.toFixed(1)}`,
    );
  }
  const [one, two] = timed;
  const ratios = [one!.middle / two!.middle, one!.least / two!.least].map((ratio) => ratio.toFixed(2));
  console.log(`  ratio: ${ratios[0]}, of the fastest ${ratios[1]}`);
}

const printLoad = () => console.log(`load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} processors`);

printLoad();
for (const input of [small, large]) for (const place of ["page", "worker"] as const) await compare(input, place);
printLoad();
