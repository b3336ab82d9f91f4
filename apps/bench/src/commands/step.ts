import { ConfigError } from "@trivium/core";
import { presets } from "@trivium/presets";
import { createRegistry } from "@trivium/registry";
import type { Backend } from "@trivium/tensor";
import { z } from "zod";
import { type BenchResult, defineBenchmark } from "../bench-command.ts";
import { type Absent, type Contender, isAbsent, presentContenders } from "../contender.ts";
import { createEngines, type Engine, useBackend } from "../contenders/engines.ts";
import { peakContenders } from "../contenders/mat-mul.ts";
import { stepContender } from "../contenders/step-contender.ts";
import { type GemmSize, gemmFlops } from "../gemm-work.ts";
import { type Measured, measure, median } from "../measure.ts";
import type { Finding } from "../measurement.ts";
import { engineOptions, measuringOptions, type Precision, peersOption } from "../options.ts";
import { findTorch } from "../peers/python.ts";
import { isTfjsPeer, tfjsPeer } from "../peers/tfjs-backends.ts";
import { torchContender } from "../peers/torch-process.ts";
import { stepAttention, stepOptions, stepWorks } from "../step-options.ts";
import type { StepWork } from "../step-work.ts";

const peers = ["torch", "tfjs-cpu", "tfjs-wasm", "tfjs-tensorflow"] as const;

const schema = z.strictObject({
  ...stepOptions,
  backend: z.string().default("simd").describe("What computes for trivium: see trivium list backend"),
  ...engineOptions,
  peers: peersOption(peers),
  ...measuringOptions,
});
type Options = z.output<typeof schema>;

/** A whole training step, forward, backward and AdamW, by what `trivium train` runs. */
export const step = defineBenchmark({
  name: "step",
  description: "A whole training step: forward, backward, AdamW, as `trivium train` does it.",
  schema,
  async run(options, note): Promise<BenchResult> {
    const findings: Finding[] = [];
    const works = stepWorks(options);
    const engines = options.backend === "simd" ? await createEngines(options) : [];
    for (const work of works) findings.push(...(await benchWork(work, { engines, options, note })));
    return { findings, remarks: remarksOf(options) };
  },
});

interface Setting {
  readonly engines: readonly Engine[];
  readonly options: Options;
  note(line: string): void;
}

async function benchWork(work: StepWork, { engines, options, note }: Setting): Promise<Finding[]> {
  const ours =
    engines.length > 0 ? engines.map((engine) => onEngine(work, engine, options)) : [await onBackend(work, options)];
  // One after another: tfjs has one current backend, on which tensors are made.
  const theirs: (Contender | Absent)[] = [];
  for (const peer of options.peers) theirs.push(...(await peerContenders(peer, work, options)));
  const peaks: (Contender & GemmSize)[] = [];
  for (const engine of engines) peaks.push(...(await peakContenders(engine, work.tokens, work.shape.width)));
  const steps = [...ours, ...presentContenders(theirs, note)];
  try {
    const measured = await measure<Contender>([...steps, ...peaks], options);
    const speeds = measured.slice(steps.length).map(({ contender, seconds }) => ({
      ...contender,
      flopsPerSecond: gemmFlops(peaks.find((peak) => peak === contender)!) / median(seconds),
    }));
    return measured.slice(0, steps.length).map((one) => findingOf(one, work, peakOf(one.contender, speeds)));
  } finally {
    for (const contender of [...steps, ...peaks]) await contender.close();
  }
}

/** The best product of the same engine. */
function peakOf(
  { name, precision, provider, threads }: Contender,
  speeds: readonly (Contender & { readonly flopsPerSecond: number })[],
): number | undefined {
  const same = speeds.filter(
    (peak) =>
      name === "trivium" && peak.precision === precision && peak.provider === provider && peak.threads === threads,
  );
  return same.length === 0 ? undefined : Math.max(...same.map(({ flopsPerSecond }) => flopsPerSecond));
}

function findingOf({ contender, seconds }: Measured, work: StepWork, peak: number | undefined): Finding {
  const { name, precision, provider, threads, version } = contender;
  const stepSeconds = median(seconds);
  const flopsPerSecond = work.flops / stepSeconds;
  return {
    ...{ name, precision, version, provider, threads, work: work.label, stepSeconds },
    tokensPerSecond: work.tokens / stepSeconds,
    gflops: flopsPerSecond / 1e9,
    ...(peak !== undefined && { shareOfPeak: flopsPerSecond / peak }),
    parameters: work.parameters,
    rounds: [...seconds],
  };
}

const registry = createRegistry(presets);
const onEngine = (work: StepWork, { precision, provider, threads, use }: Engine, options: Options): Contender =>
  stepContender({ name: "trivium", precision, provider, threads, use, work, attention: stepAttention(options) });

async function onBackend(work: StepWork, options: Options): Promise<Contender> {
  const backend = registry.get("backend", options.backend as never) as Backend;
  const use = await useBackend(backend);
  const own = { name: "trivium", precision: "f32", provider: options.backend } as const;
  return stepContender({ ...own, use, work, attention: stepAttention(options, backend) });
}

/** PyTorch takes part in each precision; tfjs has but one, and runs our packages on a backend of its own. */
async function peerContenders(
  peer: (typeof peers)[number],
  work: StepWork,
  options: Options,
): Promise<(Contender | Absent)[]> {
  if (!isTfjsPeer(peer)) return torchContenders(work, options);
  const found = await tfjsPeer(peer);
  if (isAbsent(found)) return [found];
  return [
    stepContender({ ...found, precision: "f32", work, attention: registry.create("attention", "reference", {}) }),
  ];
}

async function torchContenders(work: StepWork, options: Options): Promise<(Contender | Absent)[]> {
  const python = await findTorch();
  if (isAbsent(python)) return [python];
  const threads = Math.max(...options.threads);
  const settings = { architecture: work.architecture.name, ...work.shape };
  return Promise.all(
    options.precision.map(async (precision: Precision) => {
      const contender = await torchContender(python, "torch_step.py", { precision, threads, settings });
      assertSameModel(work, contender.ready.parameters);
      return contender;
    }),
  );
}

/** @throws {ConfigError} `bench/parameters` if a peer trains another model. */
function assertSameModel({ label, parameters }: StepWork, theirs: unknown): void {
  if (theirs === parameters) return;
  const message = `${label}: trivium's model has ${parameters} parameters and PyTorch's ${theirs}: not the same work`;
  throw new ConfigError("bench/parameters", message);
}

function remarksOf({ architecture }: Options): string[] {
  const notes: Readonly<Record<string, string>> = {
    causal: "",
    prefix: "prefix: half of each row is prefix, and the other half carries the loss.",
    "encoder-decoder":
      "encoder-decoder: half of the length is source and half target; a source and a target position together use each parameter once, so GFLOP/s is 6·N·(tokens ÷ 2) ÷ seconds.",
  };
  return [
    "Seconds are medians. GFLOP/s = 6·N·tokens ÷ seconds, N = all parameters; of peak: of the best product of the same engine in this run.",
    ...architecture.map((name) => notes[name] as string).filter((note) => note !== ""),
  ];
}
