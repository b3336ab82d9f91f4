import { ConfigError } from "@trivium/core";
import type { Backend } from "@trivium/tensor";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { type Absent, type Contender, isAbsent, oneByOne, type Subject } from "../contender.ts";
import { createEngines, type Engine, useBackend } from "../contenders/engines.ts";
import { peakContenders } from "../contenders/mat-mul.ts";
import { stepContender } from "../contenders/step-contender.ts";
import { findingsOf, type Setting } from "../measure.ts";
import type { Finding } from "../measurement.ts";
import { engineOptions, measuringOptions, peersOption } from "../options.ts";
import { isTfjsPeer, tfjsPeer } from "../peers/tfjs-backends.ts";
import { torchContenders } from "../peers/torch-process.ts";
import { attentionFor, attentionNamed, plugins } from "../plugins.ts";
import { stepOptions, stepWorks } from "../step-options.ts";
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
  remarks: ({ architecture }) => [
    "Seconds are medians. GFLOP/s = 6·N·tokens ÷ seconds, N = all parameters; of peak: of the best product of the same engine in this run.",
    ...architecture.flatMap((name) => architectureRemarks[name]),
  ],
  async run(options, note) {
    const works = stepWorks(options);
    const engines = options.backend === "simd" ? await createEngines(options) : [];
    const findings = await oneByOne(works, (work) => benchWork(work, engines, { options, note }));
    return findings.flat();
  },
});

async function benchWork(work: StepWork, engines: readonly Engine[], setting: Setting<Options>): Promise<Finding[]> {
  const { options } = setting;
  const subjects = engines.length > 0 ? engines : [await backendNamed(options.backend)];
  const ours = subjects.map((subject) =>
    stepContender(subject, work, attentionFor(subject.backend, options.attention)),
  );
  const theirs = await oneByOne(options.peers, (peer) => peerContenders(peer, work, options));
  const peaks = await oneByOne(engines, (engine) => peakContenders(engine, work.tokens, work.shape.width));
  const findings = await findingsOf([...ours, ...theirs.flat(), ...peaks.flat()], setting);
  const products = findings.filter(({ name }) => name === "peak");
  return findings
    .filter((finding) => !products.includes(finding))
    .map((finding) => ({ ...finding, shareOfPeak: shareOfPeak(finding, products) }));
}

async function backendNamed(name: string): Promise<Subject> {
  const backend: Backend = plugins.get("backend", name as never);
  return { name: "trivium", precision: "f32", provider: name, backend, use: await useBackend(backend) };
}

/** The speed of our step as a share of the best product of the same engine. */
function shareOfPeak({ name, gflops, ...own }: Finding, products: readonly Finding[]): number | undefined {
  const speeds = products
    .filter(({ precision, provider, threads }) => {
      const isSame = precision === own.precision && provider === own.provider && threads === own.threads;
      return name === "trivium" && isSame;
    })
    .map((product) => product.gflops as number);
  return speeds.length === 0 ? undefined : (gflops as number) / Math.max(...speeds);
}

/** PyTorch takes part in each precision; tfjs has but one, and runs our packages on a backend of its own. */
async function peerContenders(
  peer: (typeof peers)[number],
  work: StepWork,
  options: Options,
): Promise<(Contender | Absent)[]> {
  if (isTfjsPeer(peer)) {
    const found = await tfjsPeer(peer);
    return [isAbsent(found) ? found : stepContender(found, work, attentionNamed("reference"))];
  }
  const settings = { architecture: work.architecture.name, ...work.shape };
  const found = await torchContenders("torch_step.py", work, { ...options, settings });
  for (const one of found) if (!isAbsent(one)) assertSameModel(work, one.ready.parameters);
  return found;
}

/** @throws {ConfigError} `bench/parameters` if a peer trains another model. */
function assertSameModel({ label, parameters }: StepWork, theirs: unknown): void {
  if (theirs === parameters) return;
  const message = `${label}: trivium's model has ${parameters} parameters and PyTorch's ${theirs}: not the same work`;
  throw new ConfigError("bench/parameters", message);
}

const architectureRemarks = {
  causal: [],
  prefix: ["prefix: half of each row is prefix, and the other half carries the loss."],
  "encoder-decoder": [
    "encoder-decoder: half of the length is source and half target; a source and a target position together use each parameter once, so GFLOP/s is 6·N·(tokens ÷ 2) ÷ seconds.",
  ],
};
