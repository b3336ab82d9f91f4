import { appendFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { withFileErrors } from "@trivium/checkpoint/node";
import { PbfWriter } from "pbf";
import type { Sink } from "./consume.ts";
import type { TrainEvent } from "./events.ts";

/**
 * Writes the loss, learning rate, gradient norm and speed of each step, and each evaluation's metrics, to an event file
 * of TensorBoard in a run folder: `tensorboard --logdir runs` draws them. A run that resumes begins a file, which says that
 * what earlier files have from its first step on does not count.
 *
 * @param directory - a folder that is there: the folder store makes it before the first event.
 * @throws {CheckpointError} `checkpoint/disk-full`, `checkpoint/read-only`, … from the sink.
 * @source https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
 * @example await consume(train(options), tensorBoardSink("runs/a"));
 */
export function tensorBoardSink(directory: string): Sink<TrainEvent> {
  const name = `events.out.tfevents.${Math.floor(Date.now() / 1000)}.${hostname()}.${process.pid}`;
  const write = (...events: readonly Uint8Array[]) =>
    withFileErrors("append events of TensorBoard", directory, () =>
      appendFile(join(directory, name), Buffer.concat(events.map(record))),
    );
  return async (event) => {
    if (event.type === "started") await write(versionEvent(), startEvent(event.step + 1));
    if (event.type === "evaluated") await write(summaryEvent(event.step, prefixed("evaluation", event.metrics)));
    if (event.type !== "step") return;
    const { loss, learningRate, gradientNorm, tokensPerSecond } = event;
    await write(summaryEvent(event.step, prefixed("training", { loss, learningRate, gradientNorm, tokensPerSecond })));
  };
}

const prefixed = (group: string, values: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(values).map(([name, value]) => [`${group}/${name}`, value]);

/** Numbers of the fields of `Event`, `SessionLog`, `Summary` and its `Value`. */
const eventFields = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
const sessionStatus = { field: 1, start: 1 } as const;
const valueFields = { tag: 1, simpleValue: 2 } as const;

function eventOf(write: (event: PbfWriter) => void): Uint8Array {
  const event = new PbfWriter();
  event.writeDoubleField(eventFields.wallTime, Date.now() / 1000);
  write(event);
  return event.finish();
}

const versionEvent = () => eventOf((event) => event.writeStringField(eventFields.fileVersion, "brain.Event:2"));

/** TensorBoard drops what was written before from this step on. */
const startEvent = (step: number) =>
  eventOf((event) => {
    event.writeVarintField(eventFields.step, step);
    event.writeMessage(eventFields.sessionLog, writeStatus, sessionStatus.start);
  });

const summaryEvent = (step: number, values: readonly (readonly [string, number])[]) =>
  eventOf((event) => {
    event.writeVarintField(eventFields.step, step);
    event.writeMessage(eventFields.summary, writeSummary, values);
  });

function writeStatus(status: number, log: PbfWriter): void {
  log.writeVarintField(sessionStatus.field, status);
}

function writeSummary(values: readonly (readonly [string, number])[], summary: PbfWriter): void {
  for (const value of values) summary.writeMessage(1, writeValue, value);
}

function writeValue([tag, number]: readonly [string, number], value: PbfWriter): void {
  value.writeStringField(valueFields.tag, tag);
  value.writeFloatField(valueFields.simpleValue, number);
}

/**
 * A record of a TFRecord file: length, checksum of the length, data, checksum of the data.
 *
 * @source https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
function record(data: Uint8Array): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedChecksum(length), data, maskedChecksum(data)]);
}

function maskedChecksum(data: Uint8Array): Uint8Array {
  const sum = castagnoli(data);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0);
  return masked;
}

/** The remainders of single bytes by the polynomial of CRC-32C, bits reversed. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1;
  return rest;
});

function castagnoli(data: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of data) sum = (sum >>> 8) ^ (remainders[(sum ^ byte) & 0xff] as number);
  return ~sum >>> 0;
}
