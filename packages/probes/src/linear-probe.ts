import { ConfigError, createRandom } from "@trivium/core";
import type { PairExample } from "@trivium/features";
import { markedBatch } from "@trivium/objectives";
import { readStates, stateAt } from "./hidden-states.ts";
import type { ProbedModel } from "./probed-model.ts";
import { fitRidge } from "./ridge-classifier.ts";
import { slotOf } from "./with-ids.ts";

/** A source with the label that a probe should read off a state. */
export interface LabelledExample {
  readonly example: PairExample;
  /** The class, counted from 0, such as the number of the operator that comes last. */
  readonly label: number;
  /** The index of the source token whose state the probe reads. */
  readonly position: number;
}

export interface LinearProbeOptions extends ProbedModel {
  readonly examples: readonly LabelledExample[];
  /** The share of examples in the test part, in (0, 1). Default 0.25. */
  readonly testFraction?: number | undefined;
  /** λ of the ridge, on features of unit variance. Default 1e-3. */
  readonly ridge?: number | undefined;
  /** The seed that chooses the test examples. Default 0. */
  readonly seed?: number | string | undefined;
  /** Rows run together. Default 64. */
  readonly batchSize?: number | undefined;
}

/** The accuracy of linear probes at each layer. */
export interface LinearProbe {
  readonly classes: number;
  readonly trained: number;
  readonly tested: number;
  /** Accuracy of always answering with the commonest class of the training part. */
  readonly chance: number;
  /** Accuracy on both parts, by layer; layer 0 is the embeddings. */
  readonly layers: readonly { readonly accuracy: number; readonly trainingAccuracy: number }[];
}

/**
 * Measures how well a linear map reads a label off the hidden states. Each layer has a ridge regression onto the
 * classes in closed form, trained on one part of the examples and tested on the other.
 *
 * Give examples whose label depends on tokens after `position`: under a causal mask no probe can then be better than
 * chance.
 *
 * @throws {ConfigError} `probes/examples` if a part would be empty, or a label or position is not an index.
 * @throws {ShapeError} `probes/source-token` if the objective does not show the model each source token exactly once.
 * @source Alain and Bengio 2016, https://arxiv.org/abs/1610.01644
 * @example linearProbe({ model, parameters, objective, examples }).layers.length // => 3
 */
export function linearProbe(options: LinearProbeOptions): LinearProbe {
  const { examples, testFraction = 0.25, ridge = 1e-3, seed = 0 } = options;
  examples.forEach(assertLabelled);
  const order = createRandom(seed)
    .split("linear probe")
    .shuffle([...examples.keys()]);
  const tested = Math.round(testFraction * examples.length);
  if (!(tested > 0 && tested < examples.length)) {
    const message = `of ${examples.length} examples, ${testFraction} would leave ${tested} to test on`;
    throw new ConfigError("probes/examples", `${message}; both parts need some, so give more`);
  }
  const [test, train] = [order.slice(0, tested), order.slice(tested)];
  const labelOf = (index: number) => (examples[index] as LabelledExample).label;
  const classes = 1 + Math.max(...examples.map(({ label }) => label));
  const layers = readLayers(options).map((rows) => {
    const part = (of: readonly number[]) => of.map((index) => rows[index] as Float32Array);
    const classify = fitRidge({ rows: part(train), labels: train.map(labelOf), classes, ridge });
    const accuracy = (of: readonly number[]) =>
      of.filter((index) => classify(rows[index] as Float32Array) === labelOf(index)).length / of.length;
    return { accuracy: accuracy(test), trainingAccuracy: accuracy(train) };
  });
  const counts = Array.from({ length: classes }, (_, own) => train.filter((index) => labelOf(index) === own).length);
  const commonest = counts.indexOf(Math.max(...counts));
  const chance = test.filter((index) => labelOf(index) === commonest).length / tested;
  return { classes, trained: train.length, tested, chance, layers };
}

function assertLabelled({ example, label, position }: LabelledExample, index: number): void {
  const right = Number.isSafeInteger(label) && label >= 0 && Number.isInteger(position);
  if (right && position >= 0 && position < example.source.length) return;
  const wanted = `a label from 0 and a position among ${example.source.length} source tokens`;
  throw new ConfigError("probes/examples", `example ${index} should have ${wanted}, got ${label} and ${position}`);
}

/** The states at the positions to look at, `[layer][example]`. */
function readLayers({ model, parameters, objective, examples, batchSize = 64 }: LinearProbeOptions): Float32Array[][] {
  const layers: Float32Array[][] = [];
  for (let start = 0; start < examples.length; start += batchSize) {
    const rows = examples.slice(start, start + batchSize);
    const { batch, tokens } = markedBatch(
      objective,
      rows.map(({ example }) => example),
    );
    const slots = rows.map(({ position }, row) =>
      slotOf(tokens.find(({ example, token }) => example === row && token === position)!),
    );
    const states = readStates(model, parameters, batch).states.filter(({ stream }) => stream === slots[0]?.stream);
    for (const [layer, its] of states.entries()) {
      layers[layer] = [...(layers[layer] ?? []), ...slots.map(({ at }) => stateAt(its, at).slice())];
    }
  }
  return layers;
}
