import { createPacer, createRandom } from "@trivium/core";
import { selfMaskOf } from "@trivium/model";
import type { ClaimArm } from "../framework/claim.ts";
import { constructedErrors } from "../in-context/constructed-errors.ts";
import { drawSequences, type InContextSequence } from "../in-context/draw-sequence.ts";
import { inContextArchitecture } from "../in-context/in-context-architecture.ts";
import { inContextDescent } from "../in-context/in-context-descent.ts";
import { linearRegression } from "../in-context/in-context-task.ts";
import { queryError } from "../in-context/query-error.ts";
import { expectedStationaryError, stationaryWeights } from "../in-context/stationary-weights.ts";
import { meanOf } from "../trained/mean-of.ts";

/** Sizes of the constructed runs. The paper gives d, n, queries, layers and the rate. */
export interface ConstructedSizes {
  readonly sequences: number;
  /** Number of sequences that float64 repeats as the oracle. */
  readonly checked: number;
}

/** The stationary point of causal linear attention, as a mean over sequences. */
export type StationaryPoint = {
  /** μ, the mean of every coordinate of the inputs. */
  readonly mean: number;
  readonly examples: number;
  readonly error: number;
  /** The closed form of its expectation, which is known for μ = 0. */
  readonly expected: number | null;
};

/** An architecture, by whose mask the construction runs. */
type Mask = "causal" | "prefix";

/** Squared errors on the queries. */
export type ConstructedNumbers = {
  /** After 0, 1, … layers, mean over sequences. */
  readonly layers: Readonly<Record<Mask, readonly number[]>>;
  /** After the last layer, of each sequence. */
  readonly last: Readonly<Record<Mask, readonly number[]>>;
  /** The greatest relative difference from the float64 recursion, over layers and checked sequences. */
  readonly fromFloat64: number;
  readonly stationary: readonly StationaryPoint[];
};

const sizes = { task: linearRegression, width: 16, examples: 40, queries: 200 };
const [layers, rate, together] = [50, 0.04, 16];
const architectures: readonly Mask[] = ["causal", "prefix"];

const points = [
  ...[20, 40, 60, 100, 200].map((examples) => ({ mean: 0, examples })),
  ...[1, 2, 3].flatMap((mean) => [40, 100, 300].map((examples) => ({ mean, examples }))),
];

/** Linear attention with constructed weights, through the masks of the architectures; nothing is trained. */
export const constructedArm = ({ sequences, checked }: ConstructedSizes): ClaimArm<ConstructedNumbers> => ({
  name: "constructed linear attention",
  configuration: {
    type: "in-context-learning/constructed",
    version: 1,
    sequences,
    checked,
    layers,
    rate,
    sequence: { ...sizes, task: sizes.task.name },
  },
  async *run(context) {
    const pause = createPacer();
    const random = createRandom("constructed");
    const drawn = drawSequences(sizes, sequences, random.split("sequences"));
    const errors: Record<Mask, Float64Array[]> = { causal: [], prefix: [] };
    const total = sequences + points.length;
    for (let start = 0; start < sequences; start += together) {
      context.signal?.throwIfAborted();
      for (const name of architectures) {
        const architecture = inContextArchitecture(context.architecture(name), sizes.examples);
        const mask = selfMaskOf(architecture, architecture.streams[0] as string)({ prefixLengths: sizes.examples });
        errors[name].push(...constructedErrors(drawn.slice(start, start + together), { mask, rate, layers }));
        await pause();
      }
      yield { done: Math.min(start + together, sequences), total, note: "layers" };
    }
    const stationary: StationaryPoint[] = [];
    for (const point of points) {
      stationary.push(stationaryPoint(point, sequences));
      yield { done: sequences + stationary.length, total, note: "stationary points" };
      await pause();
    }
    const last = (of: readonly Float64Array[]) => of.map((curve) => curve[layers] as number);
    return {
      numbers: {
        layers: { causal: meanCurve(errors.causal), prefix: meanCurve(errors.prefix) },
        last: { causal: last(errors.causal), prefix: last(errors.prefix) },
        fromFloat64: farthest(errors, drawn.slice(0, checked)),
        stationary,
      },
    };
  },
});

function stationaryPoint({ mean, examples }: { mean: number; examples: number }, count: number): StationaryPoint {
  const options = { ...sizes, mean, examples };
  const drawn = drawSequences(options, count, createRandom("constructed").split(`stationary ${mean} ${examples}`));
  const error = meanOf(drawn.map((sequence) => queryError(sequence, stationaryWeights(sequence))));
  return { mean, examples, error, expected: mean === 0 ? expectedStationaryError(options) : null };
}

const meanCurve = (curves: readonly Float64Array[]): number[] =>
  Array.from({ length: layers + 1 }, (_, layer) => meanOf(curves.map((curve) => curve[layer] as number)));

/** Compared while mean errors are far above what float32 can hold of a target. */
function farthest(errors: Record<Mask, readonly Float64Array[]>, checked: readonly InContextSequence[]) {
  const differences = architectures.flatMap((name) => {
    const exact = checked.map((one) =>
      inContextDescent(one, { sees: name === "prefix" ? "all" : "earlier", rate, layers }),
    );
    const [wanted, got] = [meanCurve(exact), meanCurve(errors[name].slice(0, checked.length))];
    return wanted.map((value, layer) => Math.abs((got[layer] as number) / value - 1));
  });
  return Math.max(...differences);
}
