import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { createModel } from "@trivium/model";
import { disposeTree, tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { beforeAll, describe, expect, test } from "vitest";
import { beam, collectAnswers, type GenerateOptions, generate, keepingDecoder } from "./index.ts";
import { smallConfig, smallModels } from "./testing/small-models.ts";

beforeAll(async () => void (await simd.activate()));

const answer = async (options: GenerateOptions): Promise<readonly number[]> => {
  const [[one] = []] = await collectAnswers(generate(options));
  return one?.ids ?? [];
};

describe.each(smallModels)("a conversation with a $name model", ({ architecture, objective, own }) => {
  const config = { ...smallConfig, ...own, length: 40 };
  const model = createModel({ architecture, config, attention: reference() });
  const special = reservedSpecials();
  const base = { model, objective, special, maximumTokens: 4, ends: [] };
  const isPair = architecture.streams.length > 1;
  const exampleOf = (ids: readonly number[]) => (isPair ? { source: ids, target: [] } : { tokens: ids });

  test("gives the answers of prompts that are read anew, and reads what is new alone where it may", async () => {
    const parameters = model.createParameters(createRandom(3));
    const before = tf.memory().numTensors;
    const decoder = keepingDecoder(model, parameters);
    let ids = [5, 6, 7];
    for (let turn = 0; turn < 3; turn++) {
      const request = { ...base, parameters, examples: [exampleOf(ids)] };
      const said = await answer({ ...request, decoder });
      expect(said).toEqual(await answer(request));
      // The last token of an answer was not run.
      if (turn > 0) expect(decoder.reused).toBe(architecture.name === "causal" ? ids.length - 3 : 0);
      ids = [...ids, ...said, 8, 9];
    }
    const other = { ...base, parameters, examples: [exampleOf([9, 9])] };
    expect(await answer({ ...other, decoder })).toEqual(await answer(other));
    expect(decoder.reused).toBe(0);
    const wide = { ...other, examples: [exampleOf([9, 9, 5, 6, 7])], strategy: beam({ beam: 2 }) };
    expect(await answer({ ...wide, decoder })).toEqual(await answer(wide));
    decoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
    disposeTree(parameters);
  });

  test("goes on behind an answer that was broken off", async () => {
    const parameters = model.createParameters(createRandom(3));
    const decoder = keepingDecoder(model, parameters);
    const controller = new AbortController();
    const request = { ...base, parameters, decoder, examples: [exampleOf([5, 6, 7])], maximumTokens: 20 };
    const said: number[] = [];
    for await (const event of generate({ ...request, signal: controller.signal })) {
      if (event.type === "token") said.push(event.id);
      if (said.length === 2) controller.abort();
    }
    const next = { ...base, parameters, examples: [exampleOf([5, 6, 7, ...said, 8])] };
    expect(await answer({ ...next, decoder })).toEqual(await answer(next));
    decoder.dispose();
    disposeTree(parameters);
  });
});
