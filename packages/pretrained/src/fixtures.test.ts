import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { simd } from "@trivium/backend-simd";
import { float32Of, openSafetensors } from "@trivium/checkpoint";
import { folderFiles } from "@trivium/checkpoint/node";
import { toBatch } from "@trivium/features";
import { collectAnswers, forcedTokens, generate, greedy, lengthBeam } from "@trivium/generate";
import { languageTask, resolveConfig } from "@trivium/model";
import { prefix } from "@trivium/model-prefix";
import { causalLm, seq2seq, tokenLoss } from "@trivium/objectives";
import { disposeTree, flattenSpecs, flattenTree, tf, valueAndGradients } from "@trivium/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mapsOf } from "./load-parameters.ts";
import { type OpenedForTest, openForTest } from "./testing/open-model.ts";
import { toForeign } from "./transform.ts";

const root = join(import.meta.dirname, "../fixtures");

/** A way of the reference's to generate. */
interface Way {
  readonly num_beams: number;
  readonly length_penalty?: number;
  readonly early_stopping?: boolean | "never";
}

/** What the reference computes with a fixture: see `scripts/reference`. */
interface Expected {
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

beforeAll(async () => void (await simd.activate()));

/** The greatest difference of two grids. */
const apart = (one: readonly number[][], two: readonly number[][]): number =>
  Math.max(...one.flatMap((row, at) => row.map((value, column) => Math.abs(value - (two[at]?.[column] as number)))));

describe.each(readdirSync(root))("%s", (name) => {
  const folder = join(root, name);
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;
  const streams = expected.source ? { source: expected.source, target: expected.ids } : { tokens: expected.ids };
  let opened: OpenedForTest;

  beforeAll(async () => {
    opened = await openForTest(folder);
  });
  afterAll(() => disposeTree(opened.parameters));

  test("logits are within 1e-4 of the reference's, and so are the states between layers", async () => {
    const states = new Map<string, number[][]>();
    const logits = await opened.logits(streams, {
      onStates: (place) => {
        states.set(`${place.stream} ${place.layer}`, (place.states.arraySync() as number[][][])[0] as number[][]);
      },
    });
    expect(apart(logits, expected.logits)).toBeLessThan(1e-4);
    const norms = resolveConfig(opened.architecture, opened.config).norm;
    for (const [stream, layers] of Object.entries(expected.hidden)) {
      // The reference's last states stand behind the last norm, where there is one.
      const compared = norms.placement === "pre" ? layers.slice(0, -1) : layers;
      expect(compared.length).toBeGreaterThan(1);
      for (const [layer, hidden] of compared.entries())
        expect(apart(states.get(`${stream} ${layer}`) as number[][], hidden)).toBeLessThan(1e-4);
    }
  });

  test("the loss is within 1e-5, and every gradient within 1e-4 of the greatest", async () => {
    const { model, parameters, family } = opened;
    const short = expected.ids.length - expected.labels.length;
    const batch = toBatch([
      {
        streams,
        prefixLength: 0,
        targets: [...expected.labels, ...Array.from({ length: short }, () => 0)],
        lossWeights: expected.ids.map((_, at) => (at < expected.labels.length ? 1 : 0)),
      },
    ]);
    const task = languageTask({
      model,
      objective: { name: "reference", loss: tokenLoss({ labelSmoothing: 0, zLoss: 0 }) },
    });
    const { value, gradients } = valueAndGradients(() => {
      const { sum, tokens } = task.loss(parameters, batch);
      return tf.div(sum, tokens);
    }, parameters);
    expect(Math.abs((await value.data())[0]! - expected.loss)).toBeLessThan(1e-5);
    const config = resolveConfig(opened.architecture, opened.config);
    const specs = flattenSpecs(model.specs);
    const flat = flattenTree(gradients);
    const reference = await openSafetensors(folderFiles(folder), "gradients.safetensors");
    let compared = 0;
    for (const map of mapsOf(
      family,
      config,
      new Map(Object.entries(specs).map(([path, { shape }]) => [path, shape])),
    )) {
      const foreign = map.names.flatMap((one) => [one, family.prefix + one]).find((one) => reference.infos.has(one));
      if (!foreign) continue;
      const parts = map.paths.map((path) => flat[path]?.dataSync() as Float32Array);
      const ours = toForeign(
        map,
        parts,
        map.paths.map((path) => specs[path]?.shape ?? []),
      );
      const theirs = float32Of(await reference.read(foreign));
      const greatest = theirs.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
      const error = theirs.reduce((most, one, at) => Math.max(most, Math.abs(one - (ours[at] as number))), 0);
      expect(error, foreign).toBeLessThanOrEqual(1e-4 * greatest + 1e-6);
      compared++;
    }
    const learned = [...reference.infos.keys()].map((one) =>
      one.slice(one.startsWith(family.prefix) ? family.prefix.length : 0),
    );
    expect(compared).toBe(learned.filter((one) => !family.ignoredTensors?.test(one)).length);
    disposeTree(gradients);
    value.dispose();
  });

  test.each(Object.entries(expected.answers.found))(
    "%s answers are the reference's, token for token",
    async (_, { ids, options }) => {
      const { model, parameters, foreign } = opened;
      const { prompt, tokens } = expected.answers;
      const end = foreign.eos_token_id as number;
      const start = (foreign.decoder_start_token_id ?? 0) as number;
      const none = { before: [], after: [] };
      const special = {
        end: [end],
        named: {},
        frame: { joined: { ...none, between: [] }, source: none, target: { ...none, start } },
      };
      const [first, last] = [foreign.forced_bos_token_id, foreign.forced_eos_token_id] as (number | undefined)[];
      const { num_beams, length_penalty, early_stopping = false } = options;
      const early = early_stopping === "never" ? "never" : early_stopping ? "first" : "heuristic";
      const answers = await collectAnswers(
        generate({
          model,
          parameters,
          objective: expected.source ? seq2seq() : causalLm(),
          special,
          examples: [expected.source ? { source: prompt, target: [] } : { tokens: prompt }],
          maximumTokens: tokens,
          strategy: num_beams === 1 ? greedy() : lengthBeam({ beam: num_beams, lengthPenalty: length_penalty, early }),
          processors: [forcedTokens({ first, last, tokens })],
        }),
      );

      expect(answers[0]?.[0]?.ids).toEqual(ids.at(-1) === end ? ids.slice(0, -1) : ids);
    },
  );

  if (expected.prefix) {
    test("under a prefix mask logits are those of the reference with the mask as a whole", async () => {
      const { length, logits } = expected.prefix as NonNullable<Expected["prefix"]>;
      const asPrefix = await openForTest(folder, prefix);
      expect(apart(await asPrefix.logits(streams, { prefixLength: length }), logits)).toBeLessThan(1e-4);
      expect(apart(await asPrefix.logits(streams, { prefixLength: 1 }), expected.logits)).toBeLessThan(1e-4);
      disposeTree(asPrefix.parameters);
    });
  }
});
