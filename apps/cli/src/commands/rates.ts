import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, withFileErrors } from "@trivium/checkpoint/node";
import { prepare, resolveEngine, trainOptions } from "@trivium/compose";
import { ConfigError, NumericsError } from "@trivium/core";
import { disposeTree } from "@trivium/tensor";
import { consume, train } from "@trivium/trainer";
import type { Command } from "commander";
import { z } from "zod";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { withFittingLoss } from "../loss-scope.ts";
import { noteEngine } from "../note-engine.ts";
import { findRates, hasBlownUp, type RateFindings, type RatePoint } from "../rates/rate-curve.ts";
import { readSettings, requireData } from "../read-settings.ts";
import { drawChart } from "../report/charts/draw-chart.ts";
import { standalone } from "../report/charts/draw-svg.ts";
import { marksOf } from "../report/charts/mark.ts";
import { addSettingFlags, recipeFields } from "../setting-flags.ts";
import { stopOnSignals } from "../stop-on-signals.ts";

const rate = z.number().positive();
const schema = z.strictObject({
  lowest: rate.default(1e-6).describe("Learning rate of the first step"),
  highest: rate.default(1).describe("Learning rate of the last step"),
  out: z.string().min(1).default("rates").describe("Folder for rates.svg and rates.json"),
});

/** Flags of recipes that mean nothing here: the test has a schedule of its own, and keeps nothing of the model. */
const without = [
  ...["schedule", "scheduleOptions", "learningRate", "warmupSteps", "totalSteps", "from", "freeze"],
  ...["loraRank", "loraAlpha", "loraTargets", "averageDecay", "onFault", "faultLimit", "faultFactor"],
  ...["decoded", "evaluateEvery", "evaluationFailure", "best", "better", "keepBest", "patience"],
  ...["checkpointEvery", "keep"],
];

export function ratesCommand(program: Command): void {
  const command = program
    .command("rates")
    .description("Range test: train while the learning rate grows, and draw the loss over it. No run is kept.");
  defineCommand(addSettingFlags(command, { ...recipeFields(without), ...schema.shape }), testRates);
}

async function testRates(context: CommandContext): Promise<void> {
  const { output } = context;
  const read = await readSettings(schema, context, { steps: 200 });
  requireData(read);
  const { lowest, highest, out } = read.settings;
  if (highest <= lowest)
    throw new ConfigError("cli/rates", `--highest is above --lowest, got ${highest} and ${lowest}; exchange them`);
  const { steps } = read.recipe;
  if (steps < 10)
    throw new ConfigError("cli/rates", `a range test takes 10 steps at least, got ${steps}; give it more (--steps)`);
  const schedule = { name: "exponential", options: { start: lowest, end: highest, steps } };
  const asked = withFittingLoss({ ...read.recipe, schedule }, read.registry);
  const engine = resolveEngine(asked, read.registry);
  const prepared = await prepare(asked, read.registry, { engine });
  await engine.backend.activate();
  await noteEngine(engine, output);
  const points = await lossesOf(trainOptions(prepared), context);
  const found = findRates(points);
  const files = await writeFindings(out, points, found);
  const result = { ...files, points, steepest: found?.steepest ?? null, lowest: found?.lowest ?? null };
  output.result(result, () => `${files.picture} · ${files.numbers}\n\n${adviceOf(found, highest)}`);
}

/** Trains until the rates are through, or the loss has blown up. */
async function lossesOf(options: ReturnType<typeof trainOptions>, { output }: CommandContext): Promise<RatePoint[]> {
  const points: RatePoint[] = [];
  const interrupt = stopOnSignals(output);
  const blown = new AbortController();
  const signal = AbortSignal.any([interrupt.signal, blown.signal]);
  const progress = output.progress("rates");
  try {
    const stream = train({ ...options, divergence: false, signal });
    const { parameters } = await consume(stream, (event) => {
      if (event.type !== "step") return;
      points.push({ rate: event.learningRate, loss: event.loss });
      progress.update(
        event.step,
        options.steps,
        `rate ${event.learningRate.toExponential(2)}, loss ${event.loss.toFixed(4)}`,
      );
      if (hasBlownUp(points)) blown.abort();
    });
    disposeTree(parameters);
  } catch (error) {
    // The highest rates break a model, which is what the test is to find.
    if (!NumericsError.is(error)) throw error;
  } finally {
    progress.stop();
    interrupt.release();
  }
  return points;
}

async function writeFindings(out: string, points: readonly RatePoint[], found: RateFindings | undefined) {
  const [picture, numbers] = [join(out, "rates.svg"), join(out, "rates.json")];
  const xyOf = ({ rate, loss }: RatePoint) => ({ x: rate, y: loss });
  const series = [
    { name: "loss of a step", points: points.map(xyOf) },
    { name: "smoothed", points: (found?.curve ?? []).map(xyOf) },
  ];
  const chart = {
    title: "Loss over the learning rate: each step, and smoothed",
    x: { title: "learning rate", scale: "log" },
    y: { title: "nats per target token" },
    series,
  } as const;
  const svg = standalone(await drawChart(chart, marksOf(series.map(({ name }) => name))));
  await withFileErrors("write the curve", out, async () => {
    await makeFolder(out);
    await writeFile(picture, svg);
    await writeFile(numbers, `${JSON.stringify({ points, steepest: found?.steepest, lowest: found?.lowest })}\n`);
  });
  return { picture, numbers };
}

function adviceOf(found: RateFindings | undefined, highest: number): string {
  if (!found) return "the loss falls at none of these rates: take lower ones (--lowest), or more steps (--steps)";
  const { steepest, lowest } = found;
  const open = lowest > highest / 2 ? "; it still falls at the highest rate: try higher ones (--highest)" : "";
  return [
    `the loss falls fastest at a rate of ${steepest.toPrecision(2)}, and is lowest at ${lowest.toPrecision(2)}${open}`,
    `--learning-rate ${steepest.toPrecision(2)} is a good peak to begin with; ${lowest.toPrecision(2)} is too high for a whole run`,
  ].join("\n");
}
