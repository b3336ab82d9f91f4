import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderFiles, latestCheckpoint } from "@trivium/checkpoint/node";
import { disposeTree, embedding, flattenTree, type ParameterTree, type Tensor2D, tf } from "@trivium/tensor";
import { consume, train } from "@trivium/trainer";
import { createFolderStore } from "@trivium/trainer/node";
import { expect, test } from "vitest";
import { openModel } from "./open-model.ts";
import { prepare, trainOptions } from "./prepare.ts";
import { resolvePositions } from "./resolve.ts";
import { registry, small } from "./testing/registry.ts";

interface Cycle {
  readonly period: number;
}

/** A scheme of a user's own: every position has the embedding of its remainder. */
const cyclic = {
  kind: "positions",
  name: "cyclic",
  description: "Embeddings that come again.",
  create: ({ period }: Cycle) => ({
    kind: "anything",
    specs: ({ width }: { width: number }) => ({ cycle: { shape: [period, width], initial: { deviation: 1 } } }),
    embed({ parameters, positions }: { parameters: ParameterTree; positions: readonly (readonly number[])[] }) {
      const remainders = positions.map((row) => row.map((position) => Math.max(0, position) % period));
      return embedding(parameters.cycle as Tensor2D, tf.tensor2d(remainders, undefined, "int32"));
    },
  }),
};
const own = registry.with([cyclic]);

test("a scheme of a user's own is named in a recipe, trained with, written down with its options, and opened", async () => {
  const directory = await mkdtemp(join(tmpdir(), "trivium-positions-"));
  const recipe = { ...small, steps: 2, model: { ...small.model, positions: { kind: "cyclic", period: 3 } } };
  const prepared = await prepare(recipe, own);
  await prepared.engine.backend?.activate();
  const checkpoint = { store: createFolderStore({ directory }), every: 2 };
  const { parameters } = await consume(train({ ...trainOptions(prepared), checkpoint }));
  expect(flattenTree(parameters)["tokens.cycle"]?.shape).toEqual([3, 8]);
  const written = (await latestCheckpoint(directory)).checkpoint?.json("config.json");
  expect(written).toMatchObject({ model: { positions: { kind: "cyclic", period: 3 } } });
  const opened = await openModel(folderFiles(directory), { registry: own });
  expect(opened.model.specs).toEqual(prepared.model.specs);
  disposeTree(parameters);
  disposeTree(opened.parameters);
  await rm(directory, { recursive: true });
});

test("kinds of the model stay as they are; a kind that nobody has is answered with those that there are", () => {
  const resolve = (positions: string | { kind: string }) => resolvePositions({ vocabulary: 8, positions }, own);
  expect(resolve("alibi").positions).toBe("alibi");
  expect(() => resolve("cyclik")).toThrow('there is no positions "cyclik"; did you mean "cyclic"?');
});
