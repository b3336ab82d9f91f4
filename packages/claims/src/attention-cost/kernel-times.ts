import { createRandom } from "@trivium/core";
import type { ClaimArm } from "@trivium/evaluator";
import { density } from "@trivium/masks";
import { type Architecture, selfMaskOf } from "@trivium/model";
import { disposeTree, type Tensor4D, tf, valueAndGradients } from "@trivium/tensor";

export interface KernelTimeOptions {
  /** Single-stream architectures whose masks are timed. */
  readonly architectures: readonly string[];
  readonly lengths: readonly number[];
  /** The share of a row that is prefix. */
  readonly share: number;
  readonly heads: number;
  readonly headWidth: number;
  readonly rows: number;
  /** The fastest of so many runs counts. */
  readonly repetitions: number;
}

/** What was timed, in the order of `times`: `"prefix, 512 tokens"`. */
export type TimedCases = readonly {
  readonly architecture: string;
  readonly length: number;
  readonly density: number;
}[];

export const timeName = (architecture: string, length: number): string => `${architecture}, ${length} tokens`;

/** Times the attention kernel at hand, forward and backward, under the masks of architectures. */
export const kernelTimes = (options: KernelTimeOptions): ClaimArm<TimedCases> => ({
  name: "kernel times",
  configuration: { type: "attention-cost/times", version: 1, ...options },
  async *run(context) {
    const { architectures, lengths, share, repetitions } = options;
    const cases = lengths.flatMap((length) => architectures.map((name) => ({ name, length })));
    const seconds = new Map<string, number>();
    // In turns, so that a busy moment of the machine hits all alike.
    for (let turn = 0; turn <= repetitions; turn++) {
      for (const { name, length } of cases) {
        const mask = maskOf(context.architecture(name), Math.round(share * length));
        const took = timeOf(context.attention.attend, mask, { ...options, length });
        const key = timeName(name, length);
        // The first turn warms up.
        if (turn > 0) seconds.set(key, Math.min(took, seconds.get(key) ?? Number.POSITIVE_INFINITY));
        context.signal?.throwIfAborted();
      }
      yield { done: turn, total: repetitions };
    }
    const numbers = cases.map(({ name, length }) => ({
      ...{ architecture: name, length },
      density: densityOf(context.architecture(name), share, length),
    }));
    return { numbers, times: Object.fromEntries(seconds) };
  },
});

const maskOf = (architecture: Architecture, prefixLengths: number) =>
  selfMaskOf(architecture, architecture.streams[0] as string)({ prefixLengths });

const densityOf = (architecture: Architecture, share: number, length: number): number =>
  density(maskOf(architecture, Math.round(share * length)), { queries: length, keys: length });

type Attend = (request: {
  query: Tensor4D;
  key: Tensor4D;
  value: Tensor4D;
  mask: ReturnType<typeof maskOf>;
}) => Tensor4D;

/** Seconds of attention and its gradients on seeded numbers. */
function timeOf(
  attend: Attend,
  mask: ReturnType<typeof maskOf>,
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
