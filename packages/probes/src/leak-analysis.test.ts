import "@tensorflow/tfjs-backend-cpu";
import { type AttentionKernel, type AttentionRequest, reference } from "@trivium/attention";
import { type Features, toBatch, toPackedBatch } from "@trivium/features";
import {
  and,
  causal as causalMask,
  custom,
  full,
  type Mask,
  not,
  or,
  prefix as prefixMask,
  window,
} from "@trivium/masks";
import type { Architecture, MaskContext } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { type Collate, causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { type Tensor4D, tf } from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { leakAnalysis } from "./leak-analysis.ts";
import type { LeakKind } from "./leak-kinds.ts";
import { arms, probedModel } from "./testing/probed-models.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const examples = [
  { source: [5, 9, 7], target: [6, 11, 8] },
  { source: [12, 4], target: [10, 5] },
];

interface SetUp {
  readonly architecture: Architecture;
  readonly objective: Objective;
  readonly kernel?: AttentionKernel;
  readonly collate?: Collate;
  readonly layers?: number;
}

function analyse({ architecture, objective, kernel, collate, layers = 2 }: SetUp, given = examples) {
  const probed = probedModel(architecture, { layers }, kernel);
  return leakAnalysis({ ...probed, objective, examples: given, collate });
}

const pad = 0;
const collations: Readonly<Record<string, Collate>> = {
  "padded right": (rows) => toBatch(rows, { pad }),
  "padded left": (rows) => toBatch(rows, { pad, padding: "left" }),
  packed: (rows) => toPackedBatch(rows, { pad, length: 14, multipleOf: 5 }),
};
const packedRows = collations.packed as Collate;
const leftRows = collations["padded left"] as Collate;

describe.each(arms)("sound: $name", ({ architecture, objective }) => {
  test.each(Object.entries(collations))("%s, passes clean", (_name, collate) => {
    const { clean, byMasks, measured, checked } = analyse({ architecture, objective, collate });
    expect({ clean, byMasks, measured }).toEqual({ clean: true, byMasks: [], measured: [] });
    expect(checked.predictions).toBe(7);
    expect(checked.slots).toBeGreaterThanOrEqual(12);
  });
});

test("sound: causal with loss on everything, and texts without a source, pass clean", () => {
  expect(analyse({ architecture: causal, objective: causalLm() }).clean).toBe(true);
  for (const { architecture, objective } of arms) {
    const texts = [{ tokens: [5, 9, 7, 6, 11] }, { tokens: [4, 8, 8] }] as never;
    expect(analyse({ architecture, objective }, texts).clean).toBe(true);
  }
});

/** A kernel that attends under another mask than it was asked to. */
const remasked = (change: (mask: Mask, request: AttentionRequest) => Mask): AttentionKernel => ({
  ...reference(),
  attend: (request) => reference().attend({ ...request, mask: change(request.mask, request) }),
});

/** A kernel that fills hidden logits with a number, and leaves it at that. */
const filling = (fill: number): AttentionKernel => ({
  ...reference(),
  attend: ({ query, key, value, mask }) =>
    tf.tidy(() => {
      const [B, H, Q, K] = [query.shape[0], query.shape[1], query.shape[2], key.shape[2]];
      const bits = Array.from({ length: B * H * Q * K }, (_, at) => {
        const [b, h] = [Math.floor(at / (H * Q * K)), Math.floor(at / (Q * K)) % H];
        return mask.visible(b, h, Math.floor(at / K) % Q, at % K);
      });
      const scores = tf.mul(tf.matMul(query, key, false, true), query.shape[3] ** -0.5);
      const shown = tf.tensor4d(bits.map(Number), [B, H, Q, K], "bool");
      return tf.matMul(tf.softmax(tf.where(shown, scores, tf.fill([B, H, Q, K], fill))), value) as Tensor4D;
    }),
});

/** A kernel that forgets its mask in the first of two layers, and in every second after it. */
function openEverySecond(): AttentionKernel {
  let calls = 0;
  return remasked((mask) => (calls++ % 2 === 0 ? full() : mask));
}

/** An objective whose features are changed afterwards. */
const altered = (objective: Objective, change: (features: Features) => Features): Objective => ({
  ...objective,
  features: (example, context) => change(objective.features(example, context)),
});

const single = (selfMask: Architecture["selfMask"]): Architecture => ({ ...prefix, selfMask });
const inPrefix = custom("in-prefix", (_b, _h, q) => q < 3);
/** The prefix of each row; a model also asks for the mask of one row alone, as a sample. */
const lengths = ({ prefixLengths }: MaskContext) =>
  typeof prefixLengths === "number" ? [prefixLengths] : [...prefixLengths];
const isPackedOf = ({ spec }: Mask, inner: string, cross = false) =>
  spec.type === "packed" && spec.children?.[0]?.type === inner && (spec.options?.keyIds !== undefined) === cross;
/** What `and(full, padding)` was before padding was hidden. */
const openPadding = (mask: Mask): Mask =>
  mask.spec.type === "and" && mask.spec.children?.[0]?.type === "full" ? full() : mask;
const noSource: Collate = (rows) => {
  const emptied = rows.map((row, index) => (index === 0 ? row : { ...row, streams: { ...row.streams, source: [] } }));
  return toBatch(emptied, { pad });
};

interface Plant extends SetUp {
  readonly name: string;
  readonly kinds: readonly LeakKind[];
  /** Whether the masks alone give it away, too. */
  readonly byMasks: boolean;
}

const prefixArm = { architecture: prefix, objective: prefixLm() };
const causalArm = { architecture: causal, objective: causalLm({ loss: "target" }) };
const pairArm = { architecture: encoderDecoder, objective: seq2seq() };

const softmax: readonly Plant[] = [
  {
    name: "pitfall 2: a finite fill makes a row that sees nothing uniform over padding",
    ...pairArm,
    kernel: filling(-1e9),
    collate: noSource,
    kinds: ["padding"],
    byMasks: false,
  },
  {
    name: "pitfall 3: a fill that real logits beat (FlashInfer#4401)",
    ...causalArm,
    kernel: filling(-3),
    kinds: ["label", "future", "padding"],
    byMasks: false,
  },
  {
    name: "pitfall 6: the wrong polarity shows what should be hidden",
    ...causalArm,
    kernel: remasked((mask) => not(mask)),
    kinds: ["label", "future", "padding"],
    byMasks: false,
  },
  {
    name: "pitfall 6: an architecture of the wrong polarity",
    ...prefixArm,
    architecture: single(() => not(causalMask())),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "pitfall 7: padding opened again by a prefix that is OR-ed after it (transformers#35855)",
    ...prefixArm,
    collate: leftRows,
    kernel: remasked((mask) => or(mask, prefixMask({ lengths: 3 }))),
    kinds: ["padding"],
    byMasks: false,
  },
  {
    name: "pitfall 7: documents opened again by a prefix that is OR-ed after them",
    ...prefixArm,
    collate: packedRows,
    kernel: remasked((mask) => or(mask, prefixMask({ lengths: 9 }))),
    kinds: ["label", "future", "document"],
    byMasks: false,
  },
  {
    name: "pitfall 8: a mask that never reaches attention (transformers#39389)",
    ...causalArm,
    kernel: remasked(() => full()),
    kinds: ["label", "future", "padding"],
    byMasks: false,
  },
  {
    name: "an additive mask that is multiplied by a window, so that every other layer sees all (transformers#31673)",
    ...causalArm,
    kernel: openEverySecond(),
    kinds: ["label", "future", "padding"],
    byMasks: false,
  },
  {
    name: "pitfall 9: positions that restart, and nothing else, to isolate packed documents (transformers#46634)",
    ...causalArm,
    collate: packedRows,
    kernel: remasked(() => causalMask()),
    kinds: ["document"],
    byMasks: false,
  },
  {
    name: "pitfall 9: packed rows that forgot their documents",
    ...causalArm,
    collate: forgetful,
    kinds: ["document"],
    byMasks: false,
  },
];

/** Packed rows handed on as if each were one text. */
function forgetful(rows: readonly Features[]) {
  const { streams, ...batch } = packedRows(rows);
  const bare = Object.entries(streams).map(([name, { documents: _, ...stream }]) => [name, stream] as const);
  return { ...batch, streams: Object.fromEntries(bare), prefixLengths: new Array<number>(batch.size).fill(0) };
}

const prefixes: readonly Plant[] = [
  {
    name: "pitfall 10: a prefix that counts the first target token",
    ...prefixArm,
    objective: altered(prefixLm(), (row) => ({ ...row, prefixLength: row.prefixLength + 1 })),
    kinds: ["label"],
    byMasks: true,
  },
  {
    name: "pitfall 11: loss on the whole sequence under a prefix mask",
    ...prefixArm,
    objective: causalLm({ loss: "all" }),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "pitfall 12: a detour over a prefix query that sees everything",
    ...prefixArm,
    architecture: single(() =>
      or(
        causalMask(),
        custom("first", (_b, _h, q) => q === 0),
      ),
    ),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "pitfall 13: tokens of the target join the prefix (LlamaFactory#9135, transformers#31425)",
    ...prefixArm,
    objective: altered(prefixLm(), (row) => ({ ...row, prefixLength: row.targets.length })),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "pitfall 15: a prefix in physical slots of rows padded left, so longer than the logical one",
    ...prefixArm,
    collate: leftRows,
    architecture: single((context) =>
      or(prefixMask({ lengths: lengths(context).map((p, row) => p + 2 * row) }), causalMask()),
    ),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "an all-ones 4-D mask (transformers#30918, unsloth-zoo#963)",
    ...prefixArm,
    architecture: single(() => full()),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "prefix queries that see all, targets that do not see the prefix (sonar#1526)",
    ...prefixArm,
    layers: 3,
    architecture: single(() => or(inPrefix, and(not(prefixMask({ lengths: 3 })), causalMask()), window({ left: 0 }))),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "a span seen in both directions that runs on into the target (transformers#38053)",
    ...prefixArm,
    architecture: single((context) =>
      or(
        prefixMask({ lengths: lengths(context) }),
        causalMask(),
        custom("span", (_b, _h, q, k) => Math.min(q, k) >= 4 && Math.max(q, k) <= 5),
      ),
    ),
    kinds: ["label"],
    byMasks: true,
  },
  {
    name: "the prefix of row 0 for every row (attention-gym#98)",
    ...prefixArm,
    architecture: single((context) => or(prefixMask({ lengths: lengths(context)[0] as number }), causalMask())),
    kinds: ["label"],
    byMasks: true,
  },
  {
    name: "attention in both directions, meant for another variant of the model (llama.cpp#28318)",
    ...causalArm,
    architecture: { ...causal, selfMask: () => full() },
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "pitfall 5: a mask for rows with a cached key before them, on rows without (attention-gym#31, #34)",
    ...causalArm,
    architecture: { ...causal, selfMask: () => causalMask({ offset: 1 }) },
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "a prefill without a causal mask, which decoding token by token hides (mlxcel#998)",
    ...causalArm,
    kernel: remasked((mask, { query }) => (query.shape[2] > 1 ? full() : mask)),
    kinds: ["label", "future", "padding"],
    byMasks: false,
  },
];

const shifted = (objective: Objective, by: number) =>
  altered(objective, (row) => ({ ...row, targets: row.targets.map((_, at) => row.targets[at - by] ?? pad) }));

const pairs: readonly Plant[] = [
  {
    name: "labels that were never shifted",
    ...causalArm,
    objective: shifted(causalLm({ loss: "target" }), 1),
    kinds: ["label"],
    byMasks: true,
  },
  {
    name: "pitfall 22: a decoder without its start token reads what it predicts",
    ...pairArm,
    objective: altered(seq2seq(), (row) => ({
      ...row,
      streams: { ...row.streams, target: [...(row.streams.target as number[]).slice(1), 3] },
    })),
    kinds: ["label"],
    byMasks: true,
  },
  {
    name: "a decoder that sees its whole target",
    ...pairArm,
    architecture: { ...encoderDecoder, selfMask: () => full() },
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "cross-attention to the target: an answer that was left in the source",
    ...pairArm,
    objective: altered(seq2seq(), (row) => ({
      ...row,
      streams: { ...row.streams, source: [...(row.streams.source as number[]), ...row.targets] },
    })),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "the source's padding, seen by the encoder and by cross-attention (transformers#36293, #36338)",
    ...pairArm,
    kernel: remasked(openPadding),
    kinds: ["padding"],
    byMasks: false,
  },
  ...[
    { site: "encoder", is: (mask: Mask) => isPackedOf(mask, "full"), instead: full },
    { site: "decoder", is: (mask: Mask) => isPackedOf(mask, "causal"), instead: causalMask },
    { site: "cross-attention", is: (mask: Mask) => isPackedOf(mask, "full", true), instead: full },
  ].map(
    ({ site, is, instead }): Plant => ({
      name: `pitfall 27: packed pairs without documents in the ${site}`,
      ...pairArm,
      collate: packedRows,
      kernel: remasked((mask) => (is(mask) ? instead() : mask)),
      kinds: site === "decoder" ? ["document"] : ["document", "padding"],
      byMasks: false,
    }),
  ),
];

test.each([...softmax, ...prefixes, ...pairs])("$name", (plant) => {
  const { clean, byMasks, counts, measured } = analyse(plant);
  const kinds = Object.entries(counts).filter(([, count]) => count > 0);
  expect(clean).toBe(false);
  expect(kinds.map(([kind]) => kind)).toEqual(plant.kinds);
  expect(byMasks.length > 0).toBe(plant.byMasks);
  expect(measured.length).toBe(kinds.reduce((sum, [, count]) => sum + count, 0));
});

test("pitfall 12: with one layer there is no detour", () => {
  const architecture = single(() =>
    or(
      causalMask(),
      custom("first", (_b, _h, q) => q === 0),
    ),
  );
  expect(analyse({ ...prefixArm, architecture, layers: 1 }).clean).toBe(true);
});

test("pitfall 1: logits that are NaN are refused, not called clean", () => {
  expect(() => analyse({ ...pairArm, kernel: filling(Number.NEGATIVE_INFINITY), collate: noSource })).toThrow(
    "logits should be finite, got NaN",
  );
});

test("a leak says which prediction saw what, by perturbation and by gradient", () => {
  const objective = altered(prefixLm(), (row) => ({ ...row, prefixLength: row.prefixLength + 1 }));
  const { measured, byMasks } = analyse({ ...prefixArm, objective });
  expect(measured.map(({ prediction, seen }) => [prediction.row, prediction.slot, seen.slot])).toEqual([
    [0, 3, 4],
    [1, 2, 3],
  ]);
  for (const { moved, gradient, text } of measured) {
    expect(moved).toBeGreaterThan(0);
    expect(gradient).toBeGreaterThan(0);
    expect(text).toMatch(/the prediction at tokens\[\d\] of row \d depends on tokens\[\d\] .*, which holds its label/);
  }
  expect(byMasks[0]).toContain("tokens[3] ← tokens[4]");
});

test("numbers are plain and the same again, and no tensor is left behind", () => {
  const probed = probedModel(prefix);
  const request = { ...probed, objective: causalLm(), examples };
  const before = tf.memory().numTensors;
  const analysis = leakAnalysis(request);
  expect(tf.memory().numTensors).toBe(before);
  expect(JSON.parse(JSON.stringify(leakAnalysis(request)))).toEqual(analysis);
});
