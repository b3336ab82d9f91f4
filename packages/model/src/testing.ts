import type { AttentionKernel } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { disposeTree, mapTree, type ParameterTree, tf } from "@trivium/tensor";
import { describe, test } from "vitest";
import type { Architecture } from "./architecture.ts";
import type { ModelOptions } from "./config.ts";
import { createModel } from "./create-model.ts";
import { type Invariant, invariants } from "./testing/invariants.ts";
import { sampleVocabulary } from "./testing/sample-input.ts";

export { causal, encoderDecoder, prefix } from "./testing/architectures.ts";
export { type Invariant, invariants } from "./testing/invariants.ts";
export { type SampleOptions, type SampleRow, sampleInput, sampleVocabulary, withId } from "./testing/sample-input.ts";
export type { Subject } from "./testing/subject.ts";

/** Invariants that cannot hold here, with the reason. */
export interface Exemption {
  readonly reason: string;
  readonly tests: readonly string[];
}

export interface DescribeArchitectureOptions {
  readonly attention: AttentionKernel;
  /** Makes a tfjs backend current. */
  readonly activate: () => Promise<void>;
  /** The name of that backend, for the name of the suite. */
  readonly backend: string;
  /** Variants of the configuration to run the suite on, by name. Default: one small model. */
  readonly configs?: Readonly<Record<string, Partial<ModelOptions>>>;
  readonly skip?: readonly Exemption[] | undefined;
  /** Number of steps over which live tensors are counted. Default 6. */
  readonly steps?: number | undefined;
  /** Number of parameters that are moved at once for finite differences. Default 4. */
  readonly together?: number | undefined;
}

/** A model small enough for finite differences. */
export const tinyConfig: ModelOptions = {
  vocabulary: sampleVocabulary,
  length: 16,
  width: 8,
  layers: 2,
  heads: 2,
  feedForward: 12,
};

/** The conformance suite of architectures: the invariants, on one kernel and one backend. */
export function describeArchitecture(architecture: Architecture, options: DescribeArchitectureOptions): void {
  const { attention, activate, backend, configs = { small: {} }, skip = [], steps, together } = options;
  for (const [label, config] of Object.entries(configs)) {
    describe(`architecture ${architecture.name}, ${label}, attention ${attention.name} on ${backend}`, () => {
      for (const invariant of invariants) {
        const exemption = skip.find(({ tests }) => tests.includes(invariant.name));
        if (exemption) test.skip(`${invariant.name} (${exemption.reason})`, () => {});
        else
          test(invariant.name, () =>
            runInvariant(invariant, { architecture, attention, activate, config, steps, together }),
          );
      }
    });
  }
}

interface InvariantRun {
  readonly architecture: Architecture;
  readonly attention: AttentionKernel;
  readonly activate: () => Promise<void>;
  readonly config: Partial<ModelOptions>;
  readonly steps?: number | undefined;
  readonly together?: number | undefined;
}

/** Checks one invariant on a fresh model; usable without a test runner, in a page for example. */
export async function runInvariant(
  invariant: Invariant,
  { architecture, attention, activate, config, steps, together }: InvariantRun,
): Promise<void> {
  await activate();
  const model = createModel({ architecture, config: { ...tinyConfig, ...config }, attention });
  const parameters = spread(model.createParameters(createRandom(11)));
  try {
    await invariant.check({ model, parameters, steps, together });
  } finally {
    disposeTree(parameters);
  }
}

/** Moves every parameter away from its start: zero biases and tiny weights would hide what a mask does. */
function spread(parameters: ParameterTree): ParameterTree {
  const spreadOut = mapTree(parameters, (leaf, path) => {
    const random = createRandom(`spread/${path}`);
    const values = leaf.dataSync().map((value) => value + 0.3 * random.normal());
    return tf.tensor(values, leaf.shape);
  });
  disposeTree(parameters);
  return spreadOut;
}
