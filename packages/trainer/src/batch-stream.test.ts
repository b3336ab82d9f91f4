import { appendFile, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DataError } from "@trivium/core";
import type { Batch, BatchSource, StepRequest } from "@trivium/features";
import { disposeTree, tf } from "@trivium/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Snapshot } from "./checkpoint-store.ts";
import { consume } from "./consume.ts";
import { createMemoryStore, type MemoryStore } from "./memory-store.ts";
import { batchOf, row, smallRun } from "./testing/bigram.ts";
import { train } from "./train.ts";
import type { TrainOptions } from "./train-options.ts";

const ROWS = 17;
const ROWS_A_STEP = 3;
const BYTES_A_ROW = 5;

let folder: string;
let path: string;

beforeAll(async () => {
  await tf.setBackend("cpu");
  folder = await mkdtemp(join(tmpdir(), "trivium-stream-"));
  path = join(folder, "rows.txt");
  for (let at = 0; at < ROWS; at++)
    await appendFile(path, `${[0, 1, 2, 3].map((place) => (at * (place + 1)) % 7).join("")}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

interface Cursor {
  readonly epoch: number;
  readonly offset: number;
}

/** Reads rows of a file one after the other, and more of them than it hands out. */
function fileSource(): BatchSource<Batch> & { readonly asked: StepRequest[] } {
  const asked: StepRequest[] = [];
  const readAhead = new Map<number, string>();
  const rowAt = async (offset: number): Promise<string> => {
    const file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(3 * BYTES_A_ROW), 0, 3 * BYTES_A_ROW, offset);
    await file.close();
    for (let at = 0; at < bytesRead; at += BYTES_A_ROW)
      readAhead.set(offset + at, buffer.toString("utf8", at, at + BYTES_A_ROW - 1));
    return readAhead.get(offset)!;
  };
  return {
    asked,
    async step(request) {
      asked.push(request);
      let { epoch, offset } = (request.cursor ?? { epoch: 0, offset: 0 }) as unknown as Cursor;
      const rows: string[] = [];
      while (rows.length < ROWS_A_STEP) {
        rows.push(readAhead.get(offset) ?? (await rowAt(offset)));
        offset += BYTES_A_ROW;
        if (offset === ROWS * BYTES_A_ROW) [epoch, offset] = [epoch + 1, 0];
        await sleep(0);
      }
      const of = (shard: number) => rows.filter((_, at) => at % request.of === shard);
      const batches = request.shards.map((shard) => of(shard).map((digits) => batchOf(row([...digits].map(Number)))));
      return { batches, cursor: { epoch, offset } };
    },
  };
}

class Killed extends Error {}

/** Trains until the process is "killed" after a step, whatever was saved before; the newest checkpoint. */
async function run(store: MemoryStore, changes: Partial<TrainOptions<Batch>>, killAfter = Number.POSITIVE_INFINITY) {
  const stream = train(smallRun({ steps: 14, checkpoint: { store, every: 2 }, resume: true, ...changes }));
  const losses: number[] = [];
  const result = await consume(stream, (event) => {
    if (event.type !== "step") return;
    losses.push(event.loss);
    if (event.step === killAfter) throw new Killed();
  }).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
  if (result) disposeTree(result.parameters);
  return { losses, kept: store.newest() as Snapshot | undefined };
}

const withoutSeconds = ({ model, optimizer, state }: Snapshot) => ({
  model,
  optimizer,
  state: { ...state, totals: { ...state.totals, seconds: 0 } },
});

test.each([1, 2])("a stream of a file, in %i shards, killed at any step, goes on bit for bit", async (shards) => {
  const whole = await run(createMemoryStore(), { batches: fileSource(), shards });
  expect(whole.kept?.state.cursor).toEqual({ epoch: 2, offset: (14 * ROWS_A_STEP - 2 * ROWS) * BYTES_A_ROW });
  expect(new Set(whole.losses).size).toBe(14);
  for (let killAfter = 1; killAfter <= 14; killAfter++) {
    const store = createMemoryStore();
    await run(store, { batches: fileSource(), shards }, killAfter);
    const resumed = await run(store, { batches: fileSource(), shards });
    expect(withoutSeconds(resumed.kept!)).toEqual(withoutSeconds(whole.kept!));
    expect(resumed.losses).toEqual(whole.losses.slice(14 - resumed.losses.length));
  }
});

test("a source is asked with the cursor that the step before returned, and with null at first", async () => {
  const batches = fileSource();
  await run(createMemoryStore(), { batches, steps: 3, shards: 2 });
  expect(batches.asked).toEqual([
    { step: 0, cursor: null, shards: [0, 1], of: 2 },
    { step: 1, cursor: { epoch: 0, offset: 15 }, shards: [0, 1], of: 2 },
    { step: 2, cursor: { epoch: 0, offset: 30 }, shards: [0, 1], of: 2 },
  ]);
});

/** A source whose data is gone from a step on. */
function vanishing(from: number): BatchSource<Batch> {
  const source = fileSource();
  const gone = new DataError("data/changed", "rows.txt has vanished");
  return { step: (request) => (request.step < from ? source.step(request) : Promise.reject(gone)) };
}

test("a run whose data vanishes is saved after the last whole step, and goes on bit for bit when it is back", async () => {
  const whole = await run(createMemoryStore(), { batches: fileSource() });
  const before = tf.memory().numTensors;
  for (const from of [1, 5, 6]) {
    const store = createMemoryStore();
    const checkpoint = { store, every: 4 };
    await expect(run(store, { batches: vanishing(from), checkpoint })).rejects.toThrow("rows.txt has vanished");
    expect(tf.memory().numTensors).toBe(before);
    expect(store.newest()?.state.step).toBe(from);
    const resumed = await run(store, { batches: fileSource() });
    expect(withoutSeconds(resumed.kept!)).toEqual(withoutSeconds(whole.kept!));
  }
});

test("a roll-back is for numbers: data that vanish end the run", async () => {
  const recovery = { action: "roll-back", limit: 3, factor: 0.5 } as const;
  const store = createMemoryStore();
  await expect(run(store, { batches: vanishing(5), recovery })).rejects.toThrow("rows.txt has vanished");
  expect(store.newest()?.state).toMatchObject({ step: 5, faults: undefined });
});

test("a run whose data is not there at its first step leaves nothing, so that it can begin again", async () => {
  const store = createMemoryStore();
  await expect(run(store, { batches: vanishing(0) })).rejects.toThrow("rows.txt has vanished");
  expect(store.newest()).toBeUndefined();
});
