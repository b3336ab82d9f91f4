import { resolveArchitecture, resolveObjective } from "@trivium/compose";
import { cmudictFile } from "@trivium/data/node";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { type Absent, isAbsent, presentContenders } from "../contender.ts";
import { createEngines } from "../contenders/engines.ts";
import { triviumRunner } from "../contenders/trivium-runner.ts";
import { findingOf, median } from "../measure.ts";
import type { Finding } from "../measurement.ts";
import { commaList, count, engineOptions, listOf, peersOption } from "../options.ts";
import { findTorch } from "../peers/python.ts";
import { startScript } from "../peers/torch-process.ts";
import { attentionNamed, plugins } from "../plugins.ts";
import { loadRunData, type RunData, type Runner, type RunOutcome } from "../run-work.ts";
import { architectures } from "../step-work.ts";

const peers = ["torch"] as const;

const natural = z.coerce.number().int().min(0);

const schema = z.strictObject({
  architecture: listOf(architectures).prefault(architectures.join(",")).describe("With commas"),
  seeds: commaList(natural).prefault("0").describe("Seeds with commas; each is a run of each contender"),
  words: count.default(50_000).describe("Words to train on, counted as often as they are seen"),
  width: count.default(128).describe("Width of a position's state"),
  layers: count.default(3).describe("Layers of each stack"),
  heads: count.default(4).describe("Heads of attention"),
  batch: count.default(64).describe("Words of a step"),
  learningRate: z.coerce.number().positive().default(2e-3).describe("The peak of the schedule"),
  decoded: count.default(1000).describe("Held-out words to decode greedily, once"),
  attention: z.string().default("fused").describe("The attention kernel: see trivium list attention"),
  packing: natural
    .default(64)
    .describe("trivium: tokens of the rows that a step's words are packed into; 0: a row for each word"),
  restartPositions: z
    .stringbool()
    .default(true)
    .describe("trivium: positions of a single stream start again behind the source, as the peer has them"),
  ...engineOptions,
  peers: peersOption(peers),
});
type Options = z.output<typeof schema>;

/** Whole runs: CMUdict, training and one evaluation. */
export const run = defineBenchmark({
  name: "run",
  description: "A whole run: train on CMUdict, decode held-out words once; error rates and seconds.",
  schema,
  remarks: () => [
    "Seconds: median over the seeds of training and one evaluation. PER and WER: means over the seeds, of words held out, without stress, against the nearest pronunciation.",
  ],
  async run(options, note) {
    const data = await loadRunData(options.decoded);
    const findings: Finding[] = [];
    for (const architecture of options.architecture) {
      findings.push(...(await benchArchitecture(architecture, data, { ...options, note })));
    }
    return findings;
  },
});

type Setting = Options & { note(line: string): void };

async function benchArchitecture(name: string, data: RunData, setting: Setting): Promise<Finding[]> {
  const found = [...(await ourRunners(name, data, setting)), ...(await peerRunners(name, setting))];
  const runners = presentContenders(found, setting.note);
  const outcomes = new Map<Runner, RunOutcome[]>(runners.map((runner) => [runner, []]));
  try {
    for (const seed of setting.seeds) {
      for (const runner of runners) {
        const outcome = await runner.run(seed);
        outcomes.get(runner)?.push(outcome);
        const { seconds, per } = outcome;
        setting.note(
          `${name}, ${runner.name} ${runner.precision}, seed ${seed}: ${seconds.toFixed(1)} s, PER ${per.toFixed(4)}`,
        );
      }
    }
  } finally {
    for (const runner of runners) await runner.close();
  }
  const work = { label: `${name}, ${setting.words} words` };
  return Array.from(outcomes, ([runner, own]) => {
    const all = (of: keyof RunOutcome) => own.map((outcome) => outcome[of]);
    const rates = { per: mean(all("per")), wer: mean(all("wer")), trainSeconds: median(all("trainSeconds")) };
    return { ...findingOf({ ...runner, work }, all("seconds")), ...rates, seeds: setting.seeds };
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

async function ourRunners(name: string, data: RunData, options: Options): Promise<Runner[]> {
  const architecture = resolveArchitecture(name, plugins);
  const attention = attentionNamed(options.attention);
  // Loss on the target alone, which the others have anyway.
  const onTarget = name === "causal" ? { options: { loss: "target" } } : {};
  const objective = resolveObjective(onTarget, architecture, plugins);
  const { restartPositions, packing } = options;
  const own = { architecture, objective, attention, settings: options, data, restartPositions };
  const engines = await createEngines(options);
  return engines.map((engine) => triviumRunner({ ...own, engine, packing: packing === 0 ? undefined : packing }));
}

async function peerRunners(architecture: string, options: Options): Promise<(Runner | Absent)[]> {
  if (!options.peers.includes("torch")) return [];
  const python = await findTorch();
  if (isAbsent(python)) return [python];
  const { words, width, layers, heads, batch, learningRate, decoded } = options;
  const threads = Math.max(...options.threads);
  const settings = { architecture, words, width, layers, heads, batch, learningRate, decoded, threads };
  const runners: Runner[] = [];
  for (const precision of options.precision) {
    const own = { ...settings, precision, dictionary: cmudictFile() };
    const started = await startScript(python.executable, "torch_run.py", own);
    runners.push({
      name: "torch",
      version: `${python.version}, ${started.ready.way}`,
      precision,
      threads,
      run: async (seed) => (await started.run(seed)) as unknown as RunOutcome,
      close: started.close,
    });
  }
  return runners;
}
