import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type MetricsRecord, RUN_FILE_NAME, readMetrics, readRunIdentity, runHolder } from "@trivium/checkpoint/node";
import { CheckpointError } from "@trivium/core";
import { z } from "zod";

/** A measurement at a step. */
export interface At {
  readonly step: number;
  readonly value: number;
}

/** A run folder as far as its small files tell. */
export interface RunSummary {
  readonly run: string;
  /** `running`: a process works in it. `stopped`: nobody does, and steps are left. */
  readonly state: "running" | "finished" | "stopped";
  readonly step: number;
  /** Absent where neither a checkpoint nor the schedule says it. */
  readonly steps?: number | undefined;
  /** The name of the dataset, or the path of the file. Absent before the first checkpoint. */
  readonly data?: string | undefined;
  /** All that identifies the run: architecture, sizes, objective, optimiser, seed. */
  readonly identity: Readonly<Record<string, unknown>>;
  /** Nats per supervised token of the last step. */
  readonly loss?: number | undefined;
  /** The lowest held-out value of each metric of the evaluations, whose metrics are all lower-better. */
  readonly best: Readonly<Record<string, At>>;
  /** Since step 0: of training alone. */
  readonly seconds: number;
  readonly seenTokens: number;
  readonly flops?: number | undefined;
  readonly records: readonly MetricsRecord[];
}

const totalsSchema = z.object({
  seconds: z.number(),
  seenTokens: z.number(),
  flops: z.number().optional(),
});
const recipeSchema = z.object({
  recipe: z.object({
    steps: z.int(),
    data: z.object({ name: z.string(), options: z.looseObject({ path: z.string().optional() }).optional() }).optional(),
  }),
});

/**
 * Returns the run folders at a path: itself, or those in it.
 *
 * @throws {CheckpointError} `cli/no-runs` if there is none.
 */
export async function findRuns(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  if (entries.some(({ name }) => name === RUN_FILE_NAME)) return [path];
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
  const held = await Promise.all(folders.map(async (folder) => (await readdir(folder)).includes(RUN_FILE_NAME)));
  const runs = folders.filter((_, index) => held[index]).toSorted();
  if (runs.length > 0) return runs;
  throw new CheckpointError(
    "cli/no-runs",
    `${path} is no run and holds none; trivium train --out ${path}/NAME makes one`,
  );
}

/**
 * Reads what a run's small files say. No weights are read.
 *
 * @throws {CheckpointError} `checkpoint/not-a-run`, `checkpoint/metrics`.
 */
export async function readRun(run: string): Promise<RunSummary> {
  const identity = (await readRunIdentity(run)) as Readonly<Record<string, unknown>>;
  const records = await readMetrics(join(run, "metrics.jsonl"));
  const last = records.findLast(({ type }) => type === "step");
  const totals = totalsSchema.safeParse(last?.totals).data ?? { seconds: 0, seenTokens: 0 };
  const recipe = await newestRecipe(run);
  const step = last?.step ?? 0;
  const steps = recipe?.steps ?? plannedSteps(identity);
  const isWhole = steps !== undefined && step >= steps;
  const state = (await runHolder(run)) ? "running" : isWhole ? "finished" : "stopped";
  const data = recipe?.data?.options?.path ?? recipe?.data?.name;
  const loss = typeof last?.loss === "number" ? last.loss : undefined;
  return { run, state, step, steps, data, identity, loss, best: bestOf(records), ...totals, records };
}

/** The steps of a run: of the recipe of its newest checkpoint, else of its schedule. */
export async function stepsOf(run: string): Promise<number | undefined> {
  return (await newestRecipe(run))?.steps ?? plannedSteps(await readRunIdentity(run));
}

const plannedSteps = (identity: unknown): number | undefined =>
  z.object({ schedule: z.object({ steps: z.int() }) }).safeParse(identity).data?.schedule.steps;

/** The recipe of a run's newest checkpoint that has a readable one: its steps and its data. */
async function newestRecipe(run: string): Promise<z.output<typeof recipeSchema>["recipe"] | undefined> {
  const folder = join(run, "checkpoints");
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith("step-")).toSorted();
  for (const name of names.reverse()) {
    const text = await readFile(join(folder, name, "config.json"), "utf8").catch(() => "");
    const read = recipeSchema.safeParse(parsed(text));
    if (read.success) return read.data.recipe;
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function bestOf(records: readonly MetricsRecord[]): Record<string, At> {
  const best: Record<string, At> = {};
  for (const { step, type, metrics } of records) {
    if (type !== "evaluated" || typeof metrics !== "object") continue;
    for (const [name, value] of Object.entries(metrics as Record<string, unknown>)) {
      if (typeof value === "number" && !(value >= (best[name]?.value ?? Number.POSITIVE_INFINITY))) {
        best[name] = { step, value };
      }
    }
  }
  return best;
}
