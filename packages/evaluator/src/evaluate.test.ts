import "@tensorflow/tfjs-backend-cpu";
import { reference } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import type { Example } from "@trivium/features";
import { type Architecture, createModel } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { consume } from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import { type EvaluateEvent, evaluate, evaluateExamples } from "./evaluate.ts";
import type { EvaluateOptions, HeldOut } from "./evaluate-options.ts";
import { bleu } from "./metrics/bleu.ts";
import { exactMatch } from "./metrics/exact-match.ts";
import type { Share } from "./share.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const config = { vocabulary: 16, length: 12, width: 8, layers: 1, heads: 2, initialisation: "t5" } as const;
type Trained = readonly [Architecture, Objective];
const arms: readonly Trained[] = [
  [causal, causalLm({ loss: "target", labelSmoothing: 0.1 })],
  [prefix, prefixLm({ zLoss: 0.1 })],
  [encoderDecoder, seq2seq()],
];

const heldOut: HeldOut[] = [
  { example: { source: [5, 6], target: [7, 8] }, references: ["<7> <8>"] },
  { example: { source: [5, 6, 7, 8, 9, 10], target: [7] }, references: ["<7>", "<8> <8>"] },
  { example: { source: [11], target: [9, 9, 9] }, references: ["<9> <9> <9>"] },
];
const texts: HeldOut[] = [
  [5, 6, 7, 8, 9],
  [10, 11, 12],
].map((tokens): HeldOut => ({ example: { tokens }, references: [] }));

function options([architecture, objective]: Trained, changes: Partial<EvaluateOptions> = {}): EvaluateOptions {
  const model = createModel({ architecture, config, attention: reference() });
  const parameters = model.createParameters(createRandom(1));
  const decodeTarget = (ids: readonly number[]) => ids.map((id) => `<${id}>`).join(" ");
  const unit = "symbol";
  return { model, parameters, objective, special: reservedSpecials(), heldOut, decodeTarget, unit, ...changes };
}

test.each(arms)("$0.name: numbers do not depend on the size of the batches", async (...arm) => {
  const [one, many] = [
    await consume(evaluate(options(arm, { batchSize: 1 }))),
    await consume(evaluate(options(arm, { batchSize: 8 }))),
  ];
  expect(many.targetLoss).toBeCloseTo(one.targetLoss, 5);
  expect(many.bitsPerCharacter).toBeCloseTo(one.bitsPerCharacter, 5);
  expect([many.per, many.wer, many.targetTokens]).toEqual([one.per, one.wer, one.targetTokens]);
});

/** Ranks that evaluate together in this thread. */
function sharesOf(ranks: number): Share[] {
  const rounds: { values: unknown[]; done: PromiseWithResolvers<void> }[] = [];
  return Array.from({ length: ranks }, (_, rank) => {
    let at = 0;
    return {
      rank,
      ranks,
      async gather<Value>(value: Value) {
        rounds[at] ??= { values: [], done: Promise.withResolvers() };
        const { values, done } = rounds[at++]!;
        values[rank] = value;
        if (Object.keys(values).length === ranks) done.resolve();
        await done.promise;
        return values as Value[];
      },
    };
  });
}

test.each(arms)("$0.name: ranks that share the batches have the numbers of one process", async (...arm) => {
  for (const held of [heldOut, texts]) {
    const asked = { heldOut: held, batchSize: 1, shown: 2 };
    const alone = await consume(evaluateExamples(options(arm, asked)));
    for (const ranks of [2, 4]) {
      const shared = sharesOf(ranks).map((share) => consume(evaluateExamples(options(arm, { ...asked, share }))));
      for (const together of await Promise.all(shared)) expect(together).toEqual(alone);
    }
  }
});

test("a rank whose part fails, or that cuts other batches, fails on all ranks", async () => {
  const outcomes = async (changes: (rank: number) => Partial<EvaluateOptions>) => {
    const run = (share: Share) => consume(evaluate(options(arms[0]!, { batchSize: 1, ...changes(share.rank), share })));
    const settled = await Promise.allSettled(sharesOf(2).map(run));
    return settled.map((one) => (one.status === "rejected" ? String(one.reason.message) : "fulfilled"));
  };
  const decodeTarget = () => {
    throw new Error("no such id");
  };
  expect(await outcomes((rank) => (rank === 1 ? { decodeTarget } : {}))).toEqual([
    "the part of rank 1 failed: no such id",
    "no such id",
  ]);
  const [first, second] = await outcomes((rank) => ({ batchSize: rank + 1 }));
  expect(first).toContain("the ranks cut other batches, so that 1 of 3 examples have no result");
  expect(second).toBe(first);
});

test("pitfall 24: every architecture is scored on the same target tokens and characters, pairs and texts", async () => {
  for (const held of [heldOut, texts]) {
    const results = await Promise.all(arms.map((arm) => consume(evaluate(options(arm, { heldOut: held })))));
    expect(new Set(results.map(({ targetTokens }) => targetTokens)).size).toBe(1);
    const characters = results.map(({ targetLoss, targetTokens, bitsPerCharacter }) =>
      Math.round((targetLoss * targetTokens) / Math.LN2 / bitsPerCharacter),
    );
    expect(new Set(characters).size).toBe(1);
  }
});

test("every architecture may answer with as many tokens: what the longest row leaves behind the source", async () => {
  const babbling = async (arm: Trained, example: Example & { source: readonly number[] }) => {
    const request = options(arm, { heldOut: [{ example, references: ["<4>"] }], maximumTokens: 99 });
    // No id of this vocabulary is likely to end a row at once; the error rate of a reference of one tells the length.
    const { per } = await consume(evaluate(request));
    return per as number;
  };
  for (const source of [
    [5, 6, 7],
    [5, 6, 7, 8, 9, 10, 11],
  ]) {
    const rates = await Promise.all(arms.map((arm) => babbling(arm, { source, target: [4] })));
    for (const rate of rates) expect(rate).toBeLessThanOrEqual(config.length - source.length);
  }
});

test("smoothing and penalties of the training objective do not enter the held-out loss", async () => {
  const [plain, smoothed] = [causalLm({ loss: "target" }), causalLm({ loss: "all", labelSmoothing: 0.5, zLoss: 1 })];
  const lossOf = async (objective: Objective) => (await consume(evaluate(options([causal, objective])))).targetLoss;
  expect(await lossOf(smoothed)).toBe(await lossOf(plain));
});

test("nothing held out, and nothing to score in it, is refused rather than perfect", async () => {
  await expect(consume(evaluate(options(arms[0]!, { heldOut: [] })))).rejects.toThrow(
    "no target token to score in 0 held-out examples; hold some out",
  );
});

test("bytes of a character that a window cut in two count once", async () => {
  const bytes = [...new TextEncoder().encode("漢字")];
  const decodeTarget = (ids: readonly number[]) =>
    new TextDecoder().decode(Uint8Array.from(ids, (id) => bytes[id - 5] as number));
  const example = { tokens: bytes.map((_, at) => at + 5) };
  const result = await consume(evaluate(options(arms[1]!, { heldOut: [{ example, references: [] }], decodeTarget })));
  const characters = (result.targetLoss * result.targetTokens) / Math.LN2 / result.bitsPerCharacter;
  expect(Math.round(characters)).toBeLessThanOrEqual(2);
});

test("bits per byte are of the text in UTF-8, whatever the tokens are", async () => {
  const result = await consume(evaluate(options(arms[0]!, { decodeTarget: (ids) => "é漢😀x".repeat(ids.length) })));
  expect(result.bitsPerByte).toBeCloseTo((result.bitsPerCharacter * 4) / 10, 10);
});

test("metrics score the text of what was decoded, in the order of the examples", async () => {
  const request = options(arms[0]!, { metrics: [exactMatch(), bleu({ tokenizer: "none" })] });
  const { metrics, exactMatch: share } = await consume(evaluate(request));
  expect(metrics?.map(({ name }) => name)).toEqual(["exact match", "BLEU"]);
  expect(metrics?.[0]?.score).toBe(share);
  // The statistics of BLEU hold the length of the closest reference: the second example has one of 1 and one of 2.
  const lengths = metrics?.[1]?.segments.map(({ statistics }) => statistics[1]);
  expect([lengths?.[0], lengths?.[2]]).toEqual([2, 3]);
  expect(metrics?.[1]?.signature).toMatch(/^nrefs:var\|.*\|tok:none\|/);
  expect((await consume(evaluate({ ...request, decoded: 0 }))).metrics).toBeUndefined();
});

test("progress ends at the number of examples in both phases", async () => {
  const events: EvaluateEvent[] = [];
  await consume(evaluate(options(arms[2]!, { batchSize: 2 })), (event) => void events.push(event));
  const last = (phase: string) => events.findLast((event) => event.type === "progress" && event.phase === phase);
  expect(last("loss")).toMatchObject({ done: 3, total: 3 });
  expect(last("decoding")).toMatchObject({ done: 3, total: 3 });
});

test.each(arms)("$0.name: what examples add is what the whole is made of, in their order", async (...arm) => {
  const { evaluation, examples } = await consume(evaluateExamples(options(arm)));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  expect(examples.tokens).toEqual([3, 2, 4]);
  expect(sum(examples.nats) / sum(examples.tokens)).toBe(evaluation.targetLoss);
  for (const [at, held] of heldOut.entries()) {
    const alone = await consume(evaluateExamples(options(arm, { heldOut: [held] })));
    expect(examples.nats[at]).toBeCloseTo(alone.evaluation.targetLoss * alone.evaluation.targetTokens, 4);
    expect(examples.edits[at]).toBe(alone.examples.edits[0]);
  }
});

test("a loss that tells nothing of its positions is taken row by row, to the same numbers", async () => {
  const plain = causalLm({ loss: "target" });
  const loss = (...given: Parameters<Objective["loss"]>) => {
    const { losses, ...parts } = plain.loss(...given);
    return parts;
  };
  const silent: Objective = { ...plain, loss, scoring: () => silent };
  const [known, found] = await Promise.all(
    [plain, silent].map((objective) => consume(evaluateExamples(options([causal, objective as Objective])))),
  );
  for (const [at, nats] of found!.examples.nats.entries())
    expect(nats).toBeCloseTo(known!.examples.nats[at] as number, 5);
  expect(found!.evaluation.targetTokens).toBe(known!.evaluation.targetTokens);
});

test("the losses of tasks are those of their examples, and make up the whole", async () => {
  const named = heldOut.map(
    ({ example, ...rest }, index): HeldOut => ({ ...rest, example: { ...example, task: index === 1 ? "b" : "a" } }),
  );
  for (const arm of arms) {
    const { evaluation, examples } = await consume(
      evaluateExamples(options(arm, { heldOut: named, decoded: 0, batchSize: 2 })),
    );
    const { a, b } = evaluation.tasks ?? {};
    expect(b?.targetLoss).toBeCloseTo((examples.nats[1] as number) / (examples.tokens[1] as number), 10);
    expect((a?.targetTokens ?? 0) + (b?.targetTokens ?? 0)).toBe(evaluation.targetTokens);
    const nats = [a, b].reduce((sum, part) => sum + (part?.targetLoss ?? 0) * (part?.targetTokens ?? 0), 0);
    expect(nats / evaluation.targetTokens).toBeCloseTo(evaluation.targetLoss, 10);
  }
  const { tasks } = await consume(evaluate(options(arms[0] as Trained, { decoded: 0 })));
  expect(tasks).toBeUndefined();
});
