import { readFileSync } from "node:fs";
import { join } from "node:path";
import { float32Of, openSafetensors } from "@trivium/checkpoint";
import { folderFiles } from "@trivium/checkpoint/node";
import { toBatch } from "@trivium/features";
import { languageTask, resolveConfig } from "@trivium/model";
import { prefix } from "@trivium/model-prefix";
import { tokenLoss } from "@trivium/objectives";
import { disposeTree, flattenSpecs, flattenTree, type ParameterTree, tf, valueAndGradients } from "@trivium/tensor";
import { mapsOf } from "../load-parameters.ts";
import { toForeign } from "../transform.ts";
import { type OpenedForTest, openForTest } from "./open-model.ts";

/** A way of the reference's to generate. */
interface Way {
  readonly num_beams: number;
  readonly length_penalty?: number;
  readonly early_stopping?: boolean | "never";
}

/** What the reference computes with a fixture: see `scripts/reference`. */
export interface ExpectedOfFixture {
  readonly source: readonly number[] | null;
  readonly ids: readonly number[];
  readonly logits: readonly number[][];
  readonly hidden: Readonly<Record<string, readonly number[][][]>>;
  readonly labels: readonly number[];
  readonly loss: number;
  readonly answers: {
    readonly prompt: readonly number[];
    readonly tokens: number;
    readonly found: Readonly<Record<string, { readonly ids: readonly number[]; readonly options: Way }>>;
  };
  readonly prefix?: { readonly length: number; readonly logits: readonly number[][] } | null;
}

export const expectedOf = (folder: string): ExpectedOfFixture =>
  JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as ExpectedOfFixture;

/** The greatest difference of two grids. */
const apart = (one: readonly number[][], two: readonly number[][]): number =>
  Math.max(...one.flatMap((row, at) => row.map((value, column) => Math.abs(value - (two[at]?.[column] as number)))));

const streamsOf = ({ source, ids }: ExpectedOfFixture) => (source ? { source, target: ids } : { tokens: ids });

/** The greatest differences of logits, and of the states that each layer is given and the last one gives. */
export async function differencesOfStates(opened: OpenedForTest, expected: ExpectedOfFixture) {
  const found = new Map<string, number[][]>();
  const logits = await opened.logits(streamsOf(expected), {
    onStates: ({ stream, layer, states }) => {
      found.set(`${stream} ${layer}`, (states.arraySync() as number[][][])[0] as number[][]);
    },
  });
  const { placement } = resolveConfig(opened.architecture, opened.config).norm;
  const states = Object.entries(expected.hidden).flatMap(([stream, layers]) => {
    // The reference's last states stand behind the last norm, where there is one.
    const compared = placement === "pre" ? layers.slice(0, -1) : layers;
    return compared.map((hidden, layer) => apart(found.get(`${stream} ${layer}`) as number[][], hidden));
  });
  return { logits: apart(logits, expected.logits), states };
}

/** The difference of the loss, and of each tensor's gradient with the greatest value of that gradient. */
export async function differencesOfTraining(opened: OpenedForTest, folder: string, expected: ExpectedOfFixture) {
  const { model, parameters } = opened;
  const objective = { name: "reference", loss: tokenLoss({ labelSmoothing: 0, zLoss: 0 }) };
  const task = languageTask({ model, objective });
  const batch = batchOf(expected);
  const { value, gradients } = valueAndGradients(() => {
    const { sum, tokens } = task.loss(parameters, batch);
    return tf.div(sum, tokens);
  }, parameters);
  const loss = Math.abs((value.dataSync()[0] as number) - expected.loss);
  const compared = await differencesOfGradients(opened, gradients, folder);
  disposeTree(gradients);
  value.dispose();
  return { loss, ...compared };
}

function batchOf(expected: ExpectedOfFixture) {
  const { ids, labels } = expected;
  const targets = ids.map((_, at) => labels[at] ?? 0);
  const lossWeights = ids.map((_, at) => (at < labels.length ? 1 : 0));
  return toBatch([{ streams: streamsOf(expected), prefixLength: 0, targets, lossWeights }]);
}

async function differencesOfGradients(
  { model, family, architecture, config }: OpenedForTest,
  gradients: ParameterTree,
  folder: string,
) {
  const specs = flattenSpecs(model.specs);
  const shapes = new Map(Object.entries(specs).map(([path, { shape }]) => [path, shape]));
  const flat = flattenTree(gradients);
  const reference = await openSafetensors(folderFiles(folder), "gradients.safetensors");
  const tensors: { name: string; error: number; greatest: number }[] = [];
  for (const map of mapsOf(family, resolveConfig(architecture, config), shapes)) {
    const name = map.names.flatMap((one) => [one, family.prefix + one]).find((one) => reference.infos.has(one));
    if (name === undefined) continue;
    const parts = map.paths.map((path) => flat[path]?.dataSync() as Float32Array);
    const ours = toForeign(
      map,
      parts,
      map.paths.map((path) => shapes.get(path) ?? []),
    );
    const theirs = float32Of(await reference.read(name));
    const greatest = theirs.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    const error = theirs.reduce((most, one, at) => Math.max(most, Math.abs(one - (ours[at] as number))), 0);
    tensors.push({ name, error, greatest });
  }
  const learned = [...reference.infos.keys()]
    .map((one) => (one.startsWith(family.prefix) ? one.slice(family.prefix.length) : one))
    .filter((one) => !family.ignoredTensors?.test(one));
  return { tensors, learned: learned.length };
}

/** The greatest differences of logits under prefix masks: of the expected length, and of one token, which is causal. */
export async function differencesOfPrefix(folder: string, expected: ExpectedOfFixture): Promise<number[]> {
  if (!expected.prefix) return [];
  const { length, logits } = expected.prefix;
  const opened = await openForTest(folder, prefix);
  const own = await opened.logits(streamsOf(expected), { prefixLength: length });
  const alone = await opened.logits(streamsOf(expected), { prefixLength: 1 });
  disposeTree(opened.parameters);
  return [apart(own, logits), apart(alone, expected.logits)];
}
