import { type AttentionKernel, reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { toBatch, toPackedBatch } from "@trivium/features";
import { causal as causalMask, full, type Mask, not } from "@trivium/masks";
import type { Architecture } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import {
  type Collate,
  createObjective,
  inPlace,
  joined,
  masking,
  middles,
  noises,
  type Objective,
  separate,
  spans,
  tokenLoss,
} from "@trivium/objectives";
import { taskSpecials as special } from "@trivium/objectives/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { leakAnalysis } from "./leak-analysis.ts";
import { probedModel } from "./testing/probed-models.ts";

beforeAll(async () => void (await simd.activate()));

/** Of different lengths, so that there is padding. */
const examples = [{ tokens: [5, 9, 7, 6, 11] }, { tokens: [10, 5, 9] }];
const loss = tokenLoss({ labelSmoothing: 0, zLoss: 0 });
const target = joined({ loss: "target", prefix: "source" });
const encoder: Architecture = { name: "encoder", streams: ["tokens"], reads: "all", selfMask: () => full() };
const spanTask = { name: "spans", corruption: spans({ density: 0.4 }), loss };
const middleTask = { name: "middles", corruption: middles({ rate: 1 }), loss };
const noiseTask = { name: "noises", corruption: noises({ rotation: 0.5 }), loss };
const masks = { name: "masks", corruption: masking({ density: 0.5 }), layout: inPlace(), loss };

interface Task {
  readonly name: string;
  readonly architecture: Architecture;
  readonly objective: Objective;
}

const tasks: readonly Task[] = [
  { name: "spans, causal", architecture: causal, objective: createObjective({ ...spanTask, layout: target }) },
  { name: "spans, prefix", architecture: prefix, objective: createObjective({ ...spanTask, layout: target }) },
  {
    name: "spans, encoder-decoder",
    architecture: encoderDecoder,
    objective: createObjective({ ...spanTask, layout: separate() }),
  },
  { name: "noises, causal", architecture: causal, objective: createObjective({ ...noiseTask, layout: target }) },
  { name: "noises, prefix", architecture: prefix, objective: createObjective({ ...noiseTask, layout: target }) },
  {
    name: "noises, encoder-decoder",
    architecture: encoderDecoder,
    objective: createObjective({ ...noiseTask, layout: separate() }),
  },
  {
    name: "middles, causal with loss on everything",
    architecture: causal,
    objective: createObjective({ ...middleTask, layout: joined({ loss: "all", prefix: "framed" }) }),
  },
  { name: "middles, prefix", architecture: prefix, objective: createObjective({ ...middleTask, layout: target }) },
  { name: "masks, encoder", architecture: encoder, objective: createObjective(masks) },
];

const collations: readonly (readonly [string, Collate])[] = [
  ["padded right", (rows) => toBatch(rows)],
  ["padded left", (rows) => toBatch(rows, { padding: "left" })],
  ["packed", (rows) => toPackedBatch(rows, { length: 24 })],
];
const packed = collations[2]?.[1] as Collate;

const remasked = (change: (mask: Mask) => Mask): AttentionKernel => ({
  ...reference(),
  attend: (request) => reference().attend({ ...request, mask: change(request.mask) }),
});

function analyse({ architecture, objective }: Task, collate?: Collate, kernel?: AttentionKernel) {
  return leakAnalysis({ ...probedModel(architecture, { layers: 2 }, kernel), objective, examples, special, collate });
}

describe.each(tasks)("$name", (task) => {
  test.each(collations)("%s: no more labels in sight than declared", (_, collate) => {
    const { clean, counts, labels } = analyse(task, collate);
    expect(clean).toBe(true);
    expect(counts).toMatchObject({ document: 0, padding: 0 });
    expect(labels.labels).toBeGreaterThan(0);
  });

  test("pitfall 6: the wrong polarity is found", () => {
    expect(analyse(task, undefined, remasked(not)).clean).toBe(false);
  });

  test("pitfall 8: a mask that never reaches attention is found", () => {
    expect(
      analyse(
        task,
        undefined,
        remasked(() => full()),
      ).clean,
    ).toBe(false);
  });

  test("pitfall 9: packed rows whose documents are not kept apart are found", () => {
    const { clean, counts } = analyse(
      task,
      packed,
      remasked(() => (task.objective.streams.length > 1 ? full() : causalMask())),
    );
    expect(clean).toBe(false);
    expect(counts.document).toBeGreaterThan(0);
  });
});

test("kept tokens are listed as shown and are no leak, unless nothing is declared", () => {
  const masked = masking({ density: 1 });
  const shownBy = (shows: number) => {
    const corruption: typeof masked = {
      ...masked,
      shows,
      apply(example, context) {
        const row = masked.apply(example, context);
        return { ...row, ids: row.ids.map((id, at) => (at % 3 === 0 ? (row.labels[at] as number) : id)) };
      },
    };
    return analyse({ name: "masks", architecture: encoder, objective: createObjective({ ...masks, corruption }) });
  };
  const [declared, undeclared] = [shownBy(0.5), shownBy(0)];
  expect(declared.labels.shown).toBeGreaterThan(0);
  expect(declared.byMasks.length).toBeGreaterThan(0);
  expect([declared.clean, undeclared.clean]).toEqual([true, false]);
});
