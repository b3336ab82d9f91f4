import { execFile } from "node:child_process";
import { DataError } from "@trivium/core";
import { z } from "zod";
import { ownFile } from "./provenance.ts";

/** The corpus that is read, and how. */
interface CorpusReading {
  readonly path: string;
  /** Tokens of an example. */
  readonly length: number;
  /** File of a `tokenizer.json`. Default: text becomes bytes. */
  readonly definition?: string | undefined;
  /** Examples of a step, and steps, where batches are taken at the pace of training. */
  readonly batch: number;
  readonly steps: number;
  /** Seconds of a step of training. Default: all is read once, without a pause. */
  readonly stepSeconds?: number | undefined;
}

/** Flags by which the command line keeps its own memory small. */
const heapFlags = process.execArgv.filter((flag) => /^--((min|max)-semi-space-size|heap-growing-percent)=/.test(flag));

const answerSchema = z.union([
  z.object({
    tokens: z.number(),
    /** Bytes of the text before the last block of each file. */
    bytes: z.number(),
    seconds: z.number(),
    /** Processor time of all its threads together. */
    processorSeconds: z.number(),
    residentBytes: z.number(),
    waiting: z.number().optional(),
  }),
  z.object({ error: z.string(), code: z.string() }),
]);

/**
 * Reads a corpus in a process of its own, whose memory is the reader's.
 *
 * @throws {DataError} what reading throws, with its code.
 */
export async function readAlone(
  reading: CorpusReading,
): Promise<Exclude<z.output<typeof answerSchema>, { error: string }>> {
  const conditions = import.meta.url.endsWith(".ts") ? ["-C", "@trivium/source"] : [];
  const words = [...heapFlags, ...conditions, ownFile("peers/read_corpus.mjs"), JSON.stringify(reading)];
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  execFile(process.execPath, words, (failure, stdout, stderr) => {
    if (stdout !== "") resolve(stdout);
    else
      reject(
        new DataError("bench/reader", `bench data: the reading process ended without an answer: ${stderr.trim()}`, {
          cause: failure,
        }),
      );
  });
  const answer = answerSchema.parse(JSON.parse(await promise));
  if ("error" in answer) throw new DataError(answer.code, answer.error);
  return answer;
}
