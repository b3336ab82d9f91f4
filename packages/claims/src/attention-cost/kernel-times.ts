import { createRandom } from "@trivium/core";
import { density, type Mask } from "@trivium/masks";
import { type Architecture, selfMaskOf } from "@trivium/model";
import { disposeTree, tf, valueAndGradients } from "@trivium/tensor";
import type { ArmContext, ClaimArm } from "../framework/claim.ts";
import { fastestTimes } from "../framework/fastest-times.ts";

export interface KernelTimeOptions {
  readonly lengths: readonly number[];
  /** The shares of a row that are prefix; the causal mask is timed beside them. */
  readonly shares: readonly number[];
  readonly heads: number;
  readonly headWidth: number;
  readonly rows: number;
  /** Number of runs, of which the fastest counts. */
  readonly repetitions: number;
}

/** A timed case: `"prefix of 50 %"` at 512 tokens. */
export type TimedCase = {
  readonly mask: string;
  readonly length: number;
  readonly density: number;
};
export type TimedCases = readonly TimedCase[];

export const timeName = (mask: string, length: number): string => `${mask}, ${length} tokens`;

/** Times the attention kernel at hand, forward and backward, under the masks of architectures. */
export const kernelTimes = (options: KernelTimeOptions): ClaimArm<TimedCases> => ({
  name: "kernel times",
  configuration: { type: "attention-cost/times", version: 2, ...options },
  alone: true,
  async *run(context) {
    const cases = casesOf(options, context);
    const times = yield* fastestTimes(
      cases.map(({ name, length, mask }) => () => ({
        [timeName(name, length)]: timeOf(context.attention, mask, { ...options, length }),
      })),
      options.repetitions,
      context,
    );
    const numbers = cases.map(({ name, length, mask }) => ({
      mask: name,
      length,
      density: density(mask, { queries: length, keys: length }),
    }));
    return { numbers, times };
  },
});

const maskOf = (architecture: Architecture, prefixLengths: number) =>
  selfMaskOf(architecture, architecture.streams[0] as string)({ prefixLengths });

const casesOf = ({ lengths, shares }: KernelTimeOptions, { architecture }: Pick<ArmContext, "architecture">) =>
  lengths.flatMap((length) => [
    { name: "causal", length, mask: maskOf(architecture("causal"), 0) },
    ...shares.map((share) => ({
      name: `prefix of ${100 * share} %`,
      length,
      mask: maskOf(architecture("prefix"), Math.round(share * length)),
    })),
  ]);

/** Seconds of attention and its gradients on seeded numbers. */
function timeOf(
  { attend }: ArmContext["attention"],
  mask: Mask,
  { rows, heads, length, headWidth }: KernelTimeOptions & { readonly length: number },
): number {
  const random = createRandom("kernel times");
  const size = rows * heads * length * headWidth;
  const make = () =>
    tf.tensor4d(
      Float32Array.from({ length: size }, () => random.uniform() - 0.5),
      [rows, heads, length, headWidth],
    );
  const parameters = { query: make(), key: make(), value: make() };
  const started = performance.now();
  const { value, gradients } = valueAndGradients(() => tf.sum(attend({ ...parameters, mask })), parameters);
  value.dataSync();
  const seconds = (performance.now() - started) / 1000;
  disposeTree(gradients);
  disposeTree(parameters);
  value.dispose();
  return seconds;
}
