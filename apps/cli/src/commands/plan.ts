import { join } from "node:path";
import { latestCheckpoint, readMetrics } from "@trivium/checkpoint/node";
import { ConfigError } from "@trivium/core";
import { type Collective, fromFirst, measureNetwork, type Network, type StepWork } from "@trivium/distributed";
import type { Command } from "commander";
import { z } from "zod";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { parseBytes } from "../parse-bytes.ts";
import { parseCount } from "../parse-count.ts";
import { planCells, planRow, stepTime } from "../plan-rows.ts";
import { joinRanks, outputOfRank } from "../ranks/join-ranks.ts";
import { table } from "../table.ts";

export function planCommand(program: Command): void {
  const command = program
    .command("plan")
    .argument(
      "<runs...>",
      "folders of a few steps that one process trained, or several beside each other as the ranks of a machine will be: their times are what is planned with",
    )
    .description("Estimate the time of a training step on many ranks, from measured computing and a network's speed.")
    .option("--ranks <list>", "numbers of ranks", "2,4,8,16,32,64,128,256,512,1000")
    .option("--bandwidth <speed>", "bytes per second between two machines: 125MB/s is 1 Gbit/s", "1.25GB/s")
    .option("--latency <time>", "time until a small message has arrived: 20us, 0.2ms", "50us")
    .option("--measure", "measure the network instead, between the ranks of mpirun -n 2 trivium plan RUN --measure")
    .option("--accumulate <count>", "batches of this size that a step adds up", "1");
  defineCommand(command, runPlan);
}

async function runPlan(context: CommandContext): Promise<void> {
  const { positional: runs, flags } = context;
  const collective = await joinRanks();
  const output = outputOfRank(collective, context.output);
  const measured = await fromFirst(collective, () => workOfAll(runs));
  const work = { ...measured, seconds: measured.seconds * parseCount("accumulate", flags.accumulate) };
  const counts = String(flags.ranks)
    .split(",")
    .map((count) => parseCount("ranks", count));
  const network = await networkOf(collective, flags, work);
  const rows = counts.map((ranks) => planRow(work, network, ranks));
  const shown = `${stepTime(work.seconds)} a step on one process, ${work.parameters.toLocaleString("en")} parameters`;
  const { times: _, ...told } = work;
  output.result({ runs, ...told, ...network, rows }, () =>
    [shown, shownNetwork(network), table(planCells(rows))].join("\n\n"),
  );
}

/** The network of the flags, or the measured one. */
async function networkOf(
  collective: Collective,
  { measure, bandwidth, latency }: CommandContext["flags"],
  { parameters }: StepWork,
): Promise<Network> {
  const given = { bandwidth: bandwidthOf(String(bandwidth)), latency: latencyOf(String(latency)) };
  if (!measure) return given;
  if (collective.size > 1) return measureNetwork(collective, 4 * parameters);
  const message = "--measure needs ranks to measure between; start them, as in mpirun -n 2 trivium plan RUN --measure";
  throw new ConfigError("cli/plan", message);
}

const shownNetwork = ({ bandwidth, latency }: Network): string =>
  `network: ${(bandwidth / 1e6).toPrecision(3)} MB/s, ${(1e6 * latency).toFixed(0)} µs`;

const stateSchema = z.object({ shards: z.number().optional(), ranks: z.number().optional() });
const stepSchema = z.object({ type: z.literal("step"), seconds: z.number() });

/** The mean work of the steps of runs. @throws {ConfigError} `cli/plan` */
async function workOfAll(runs: readonly string[]): Promise<StepWork> {
  const works = await Promise.all(runs.map(workOf));
  const [first] = works as [StepWork, ...StepWork[]];
  const at = works.findIndex(({ parameters, shards }) => parameters !== first.parameters || shards !== first.shards);
  if (at >= 0) {
    const message = `${runs[at]} and ${runs[0]} trained different models or shards; train the same beside each other`;
    throw new ConfigError("cli/plan", message);
  }
  const seconds = works.reduce((sum, one) => sum + one.seconds, 0) / works.length;
  return { ...first, seconds, times: works.flatMap(({ times = [] }) => times) };
}

/** The work of a run's step: the median time, without the first quarter of the steps, which compile. @throws {ConfigError} `cli/plan` */
async function workOf(run: string): Promise<StepWork> {
  const refuse = (problem: string) =>
    new ConfigError("cli/plan", `${run} ${problem}; train a few steps by one process, with --out ${run}`);
  const { checkpoint } = await latestCheckpoint(run);
  if (!checkpoint) throw refuse("holds no checkpoint of a run");
  const { shards = 1, ranks = 1 } = stateSchema.parse(checkpoint.json("state.json"));
  if (ranks > 1) throw refuse(`was trained by ${ranks} ranks, whose times hold what they sent`);
  const records = await readMetrics(join(run, "metrics.jsonl"));
  const steps = records.flatMap((record) => stepSchema.safeParse(record).data?.seconds ?? []);
  const times = steps.slice(Math.ceil(steps.length / 4)).sort((a, b) => a - b);
  if (times.length === 0) throw refuse("has no times of at least two steps");
  const arrays = Object.values(checkpoint.arrays("model.safetensors"));
  const parameters = arrays.reduce((sum, { data }) => sum + data.length, 0);
  return { seconds: times[times.length >> 1]!, times, parameters, tensors: arrays.length, shards };
}

/** @throws {ConfigError} `cli/size` */
const bandwidthOf = (text: string): number => parseBytes("bandwidth", text.replace(/\/s$/, ""));

const scales: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1 };

/** @throws {ConfigError} `cli/latency` */
function latencyOf(text: string): number {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?) ?(us|ms|s)$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * scales[unit]!;
  throw new ConfigError("cli/latency", `--latency is a time, such as 20us or 0.2ms; got ${JSON.stringify(text)}`);
}
