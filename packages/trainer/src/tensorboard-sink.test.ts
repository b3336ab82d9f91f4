import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PbfReader } from "pbf";
import { afterAll, expect, test } from "vitest";
import type { StepEvent, TrainEvent } from "./events.ts";
import { tensorBoardSink } from "./tensorboard-sink.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-tensorboard-"));
afterAll(() => rmSync(folder, { recursive: true }));

const totals = { supervisedTokens: 8, seenTokens: 8, seconds: 1 };
const started: TrainEvent = { type: "started", parameters: 3, step: 4, steps: 6, totals };
const step: StepEvent = {
  type: "step",
  step: 5,
  loss: 2.5,
  learningRate: 0.125,
  gradientNorm: 0.5,
  tokensPerSecond: 64,
  ...totals,
  totals,
};
const evaluated: TrainEvent = { type: "evaluated", step: 5, metrics: { targetLoss: 1.5, per: 0.25 } };
const stopped: TrainEvent = { type: "stopped", reason: "finished", step: 6, totals };

interface Read {
  step?: number;
  version?: string;
  status?: number;
  values?: Record<string, number>;
}

function readEvent(data: Uint8Array): Read {
  return new PbfReader(data).readFields<Read>((tag, read, pbf) => {
    if (tag === 1) expect(Math.abs(pbf.readDouble() - Date.now() / 1000)).toBeLessThan(60);
    if (tag === 2) read.step = pbf.readVarint();
    if (tag === 3) read.version = pbf.readString();
    if (tag === 5) read.values = pbf.readMessage(readValues, {});
    if (tag === 7) pbf.readMessage(readStatus, read);
  }, {});
}

function readStatus(_tag: number, read: Read, pbf: PbfReader): void {
  read.status = pbf.readVarint();
}

function readValues(_tag: number, values: Record<string, number>, pbf: PbfReader): void {
  const value = pbf.readMessage(
    (tag, own: { name: string; number: number }, inner) => {
      if (tag === 1) own.name = inner.readString();
      if (tag === 2) own.number = inner.readFloat();
    },
    { name: "", number: Number.NaN },
  );
  values[value.name] = value.number;
}

test("an event file has the version, where the run begins, steps and evaluations, as records of TensorFlow", async () => {
  const sink = tensorBoardSink(folder);
  for (const event of [started, step, evaluated, stopped]) await sink(event);
  const [name, ...more] = readdirSync(folder);
  expect(more).toEqual([]);
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
  const bytes = readFileSync(join(folder, name!));
  // How every event file of TensorBoard begins: a version of 24 bytes, and the checksum of that length.
  expect(bytes.subarray(0, 12).toString("hex")).toBe("1800000000000000a37f4b22");
  const events: Read[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    events.push(readEvent(bytes.subarray(at + 12, at + 12 + length)));
    at += length + 16;
  }
  expect(events).toEqual([
    { version: "brain.Event:2" },
    { step: 5, status: 1 },
    {
      step: 5,
      values: {
        "training/loss": 2.5,
        "training/learningRate": 0.125,
        "training/gradientNorm": 0.5,
        "training/tokensPerSecond": 64,
      },
    },
    { step: 5, values: { "evaluation/targetLoss": 1.5, "evaluation/per": 0.25 } },
  ]);
});

test("a folder that is gone is one line", async () => {
  await expect(tensorBoardSink(join(folder, "gone"))(started)).rejects.toThrow(/append events of TensorBoard/);
});
