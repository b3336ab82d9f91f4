import { createRandom, type Random } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import { labelLeaks } from "@trivium/masks";
import { disposeTree, flattenTree, type ParameterTree, tf, valueAndGradients } from "@trivium/tensor";
import { readsOf, selfMaskOf } from "../architecture.ts";
import { logitsOf } from "../logits-of.ts";
import type { LanguageModel } from "../model.ts";
import { assertClose } from "./assert-close.ts";
import { cachedEqualsRecomputed, companyChangesNoBit, movedRowsEqualRecomputed } from "./decoding-checks.ts";
import { documentsStayApart, packedEqualsUnpacked } from "./packed-checks.ts";
import { isReachable } from "./reachable.ts";
import { onlyRow, sampleInput, withId } from "./sample-input.ts";
import type { Subject } from "./subject.ts";

/** A property that every architecture has, on every kernel and backend; `check` throws where it does not hold. */
export interface Invariant {
  readonly name: string;
  check(subject: Subject): void | Promise<void>;
}

const rows = [
  { length: 6, prefixLength: 3 },
  { length: 4, prefixLength: 2 },
];

export const invariants: readonly Invariant[] = [
  {
    name: "causality and prefix: a token moves exactly the rows that its masks let it reach",
    check: influenceFollowsMasks,
  },
  { name: "padding is inert: ids in the padding change no bit", check: paddingIsInert },
  { name: "padding is inert: more of it changes nothing", check: morePaddingChangesNothing },
  { name: "batch ≡ single", check: batchEqualsSingle },
  { name: "left-padded ≡ right-padded", check: leftEqualsRight },
  { name: "packed ≡ unpacked, in logits and gradients", check: packedEqualsUnpacked },
  { name: "pitfalls 7, 9, 27: packed documents see nothing of each other", check: documentsStayApart },
  { name: "cached ≡ recomputed", check: cachedEqualsRecomputed },
  {
    name: "cached ≡ recomputed, for tokens of many and of none, rows that are selected, forked and joined",
    check: movedRowsEqualRecomputed,
  },
  { name: "alone ≡ in company: decoding gives a row the same bits", check: companyChangesNoBit },
  { name: "gradients ≡ finite differences", check: gradientsAreRight },
  { name: "no label leaks", check: noLabelLeaks },
  { name: "streams read what the record says", check: recordsAreTrue },
  { name: "live tensors stay constant from step to step", check: tensorsStayConstant },
];

function numbersOf({ model, parameters }: Subject, input: ModelInput): number[][][] {
  return tf.tidy(() => logitsOf(model, parameters, input).arraySync());
}

function influenceFollowsMasks(subject: Subject): void {
  const { architecture } = subject.model;
  const input = sampleInput(architecture, { rows: [rows[0]!] });
  const before = numbersOf(subject, input)[0]!;
  for (const stream of architecture.streams) {
    for (let from = 0; from < rows[0]!.length; from++) {
      const after = numbersOf(subject, withId(input, stream, { row: 0, slot: from }))[0]!;
      after.forEach((logits, to) => {
        const moved = logits.some((value, id) => !Object.is(value, before[to]?.[id]));
        const expected = isReachable(architecture, input, { stream, from, to, row: 0 });
        if (moved === expected) return;
        const what = moved ? "moved, and its masks do not let it" : "did not move, and its masks let it";
        throw new Error(`${architecture.name}: changing ${stream}[${from}], the logits at ${to} ${what}`);
      });
    }
  }
}

function paddingIsInert(subject: Subject): void {
  const { architecture } = subject.model;
  const input = sampleInput(architecture, { rows });
  const before = realLogits(subject, input);
  for (const stream of architecture.streams) {
    const after = realLogits(subject, withId(input, stream, { row: 1, slot: 5 }));
    if (!after.every((value, index) => Object.is(value, before[index]))) {
      throw new Error(`${architecture.name}: an id in the padding of "${stream}" changed the logits of real tokens`);
    }
  }
}

function morePaddingChangesNothing(subject: Subject): void {
  const { architecture } = subject.model;
  const exact = realLogits(subject, sampleInput(architecture, { rows }));
  assertClose(realLogits(subject, sampleInput(architecture, { rows, multipleOf: 8 })), exact, "padded to 8");
}

function batchEqualsSingle(subject: Subject): void {
  const { architecture } = subject.model;
  const input = sampleInput(architecture, { rows });
  const single = rows.flatMap((_, index) => realLogits(subject, onlyRow(input, index)));
  assertClose(realLogits(subject, input), single, "in a batch");
}

function leftEqualsRight(subject: Subject): void {
  const { architecture } = subject.model;
  const right = realLogits(subject, sampleInput(architecture, { rows, multipleOf: 8 }));
  assertClose(
    realLogits(subject, sampleInput(architecture, { rows, multipleOf: 8, padding: "left" })),
    right,
    "padded left",
  );
}

function gradientsAreRight(subject: Subject): void {
  const { model, parameters, together = 4 } = subject;
  const { value, gradients } = valueAndGradients(() => smoothLoss(model, parameters), parameters);
  const slopes = Object.entries(flattenTree(gradients)).map(([path, gradient]) => slopeOf(path, gradient as tf.Tensor));
  tf.dispose([value, ...Object.values(flattenTree(gradients))]);
  // Those of a size are moved together, so that none of them hides what is wrong in another.
  slopes.sort((one, two) => two.size - one.size);
  for (let first = 0; first < slopes.length; first += together) {
    checkSlopes(slopes.slice(first, first + together), subject);
  }
}

/** A direction in one parameter, and how steep the loss is along it. */
interface Slope {
  readonly path: string;
  /** Length of the gradient. */
  readonly size: number;
  readonly direction: Float32Array;
  readonly slope: number;
}

/**
 * A direction along the gradient and a random direction at once: the first gives a slope that can be seen, the second
 * sees a gradient that is wrong across it.
 */
function slopeOf(path: string, gradient: tf.Tensor): Slope {
  const values = gradient.dataSync() as Float32Array;
  const size = Math.hypot(...values);
  // Softmax does not change when every logit of a row does, and a key bias adds the same to all.
  if (size < 1e-6 && !path.endsWith("key.bias")) throw new Error(`gradient of ${path}: it is zero`);
  const direction = unitDirection(values, createRandom(path));
  return { path, size, direction, slope: values.reduce((sum, value, index) => sum + value * direction[index]!, 0) };
}

/** Moves parameters both ways, and compares the differences of the loss with its slopes; where they differ, of each alone. */
function checkSlopes(slopes: readonly Slope[], subject: Subject): void {
  const { model, parameters } = subject;
  const leaves = flattenTree(parameters);
  const share = 1 / Math.sqrt(slopes.length);
  const at = (distance: number) =>
    tf.tidy(() => {
      const tree = slopes.reduce((rest, { path, direction }) => {
        const leaf = leaves[path] as tf.Tensor;
        const moved = leaf.dataSync().map((value, index) => value + distance * share * direction[index]!);
        return replaceLeaf(rest, path, tf.tensor(moved, leaf.shape));
      }, parameters);
      return smoothLoss(model, tree).dataSync()[0] as number;
    });
  const slope = share * slopes.reduce((sum, one) => sum + one.slope, 0);
  const isNear = (numeric: number) => Math.abs(slope - numeric) <= 2e-3 * Math.abs(slope) + differenceNoise;
  const step = 5e-3;
  const near = (at(step) - at(-step)) / (2 * step);
  if (isNear(near)) return;
  // Where the loss bends, a second difference takes the bend away.
  const numeric = (4 * near - (at(2 * step) - at(-2 * step)) / (4 * step)) / 3;
  if (isNear(numeric)) return;
  if (slopes.length === 1) {
    const [{ path }] = slopes as [Slope];
    throw new Error(`gradient of ${path}: ${slope} by differentiation, ${numeric} by finite differences`);
  }
  for (const one of slopes) checkSlopes([one], subject);
}

/** What float32 losses leave of a difference of this step. */
const differenceNoise = 5e-5;

function unitDirection(gradient: Float32Array, random: Random): Float32Array {
  const noise = Float32Array.from(gradient, () => random.normal());
  const [along, across] = [Math.hypot(...gradient) || 1, Math.hypot(...noise) || 1];
  const mixed = gradient.map((value, index) => value / along + noise[index]! / across);
  const size = Math.hypot(...mixed) || 1;
  return mixed.map((value) => value / size);
}

/** A loss whose slopes are neither constant nor vanishing, under dropout where the model has it. */
function smoothLoss(model: LanguageModel, tree: ParameterTree): tf.Tensor {
  return tf.mean(
    tf.square(tf.sin(logitsOf(model, tree, sampleInput(model.architecture, { rows }), { dropoutSeed: "fixed" }))),
  );
}

function replaceLeaf(tree: ParameterTree, path: string, leaf: tf.Tensor): ParameterTree {
  const [name, ...rest] = path.split(".") as [string, ...string[]];
  if (rest.length === 0) return { ...tree, [name]: leaf };
  return { ...tree, [name]: replaceLeaf(tree[name] as ParameterTree, rest.join("."), leaf) };
}

/** Holds the word of each stream against its mask: which later positions it shows, with a prefix and without one. */
function recordsAreTrue({ model: { architecture } }: Subject): void {
  const [length, prefix] = [12, 5];
  for (const stream of architecture.streams) {
    const later = (prefixLength: number) => {
      const mask = selfMaskOf(architecture, stream)({ prefixLengths: prefixLength });
      const pairs = Array.from({ length: length * length }, (_, at) => [Math.floor(at / length), at % length] as const);
      return pairs.filter(([query, key]) => key > query && mask.visible(0, 0, query, key));
    };
    const [without, within] = [later(0), later(prefix)];
    const found = without.length > 0 ? "all" : within.length > 0 ? "prefix" : "past";
    const wanted = readsOf(architecture, stream);
    const isBeyond = found === "prefix" && within.some(([, key]) => key >= prefix);
    if (found === wanted && !isBeyond) continue;
    const what = isBeyond ? "later positions behind the prefix" : `"${found}"`;
    throw new Error(
      `${architecture.name}: stream "${stream}" says that it reads "${wanted}", and its mask shows ${what}`,
    );
  }
}

/** With loss on what follows the prefix; a causal model has none before it. */
function noLabelLeaks({ model }: Subject): void {
  const { architecture } = model;
  const [length, prefixLength] = [6, 3];
  const context = { prefixLengths: prefixLength };
  const masks = Object.fromEntries(architecture.streams.map((name) => [name, selfMaskOf(architecture, name)(context)]));
  const single = architecture.streams.length === 1;
  const leaks = labelLeaks({
    streams: Object.fromEntries(architecture.streams.map((name) => [name, length])),
    selfMask: masks,
    ...(architecture.crossMask ? { crossMask: architecture.crossMask(context) } : {}),
    layers: 2,
    lossWeights: Array.from({ length }, (_, at) => (single && at < prefixLength - 1 ? 0 : 1)),
  });
  if (leaks.length > 0) throw new Error(`${architecture.name}: ${leaks.map(({ text }) => text).join("; ")}`);
}

function tensorsStayConstant({ model, parameters, steps = 6 }: Subject): void {
  const input = sampleInput(model.architecture, { rows });
  const counts: number[] = [];
  for (let step = 0; step < steps; step++) {
    const loss = () => tf.mean(tf.square(logitsOf(model, parameters, input, { dropoutSeed: String(step) })));
    const { value, gradients } = valueAndGradients(loss, parameters);
    value.dispose();
    disposeTree(gradients);
    const decoder = model.decoder(parameters);
    decoder.prefill(input).append(Int32Array.of(1, 1), Int32Array.of(1, 1));
    decoder.dispose();
    counts.push(tf.memory().numTensors);
  }
  if (new Set(counts).size > 1)
    throw new Error(`live tensors went from ${counts[0]} to ${counts.at(-1)} over ${steps} steps`);
}

/** The logits of real tokens only, row by row. */
function realLogits(subject: Subject, input: ModelInput): number[] {
  const { lengths, length, padding } = input.streams[subject.model.architecture.streams.at(-1) as string]!;
  return numbersOf(subject, input).flatMap((row, index) => {
    const start = padding === "left" ? length - lengths[index]! : 0;
    return row.slice(start, start + lengths[index]!).flat();
  });
}
