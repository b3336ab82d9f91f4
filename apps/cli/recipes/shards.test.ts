import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readMetrics } from "@trivium/checkpoint/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkpointsOf, jsonOf, startTrivium, weightsOf } from "./run-trivium.ts";
import { tiny, writeToyCorpus } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-shards-"));
beforeAll(() => writeToyCorpus(join(folder, "toy")));
afterAll(() => rmSync(folder, { recursive: true }));

const training = (out: string, steps: number) => [
  ...["train", "--data", "toy", ...tiny, "--decoded", "0", "--steps", String(steps), "--schedule", "constant"],
  ...["--checkpoint-every", "100000", "--evaluate-every", "100000", "--out", out, "--resume"],
];

const shard = join(folder, "toy/b.jsonl.gz");

/** Ways in which a shard is lost, each of which returns how it comes back. */
const losses: Readonly<Record<string, () => () => void>> = {
  "has vanished": () => {
    renameSync(shard, `${shard}.away`);
    return () => renameSync(`${shard}.away`, shard);
  },
  "has changed": () => {
    const bytes = readFileSync(shard);
    writeFileSync(shard, bytes.with(-9, bytes.at(-9)! ^ 1));
    return () => writeFileSync(shard, bytes);
  },
};

test.each(Object.keys(losses))(
  "a shard that %s midway stops the run in one line, saved; it goes on with the shard that is back",
  async (how) => {
    const run = join(folder, how);
    const { ended, says } = startTrivium(training(how, 1_000_000), folder);
    await says("step 0 of");
    const metrics = join(run, "metrics.jsonl");
    while (!existsSync(metrics) || readFileSync(metrics, "utf8").split("\n").length < 20) await sleep(5);
    const bringBack = losses[how]!();
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(2);
    expect(stderr.match(/^trivium: .*$/gm)).toEqual([
      expect.stringMatching(new RegExp(`^trivium: toy/b\\.jsonl\\.gz ${how} since .* go on with --resume$`)),
    ]);
    const { step } = (await readMetrics(metrics)).at(-1)!;
    expect(checkpointsOf(run)).toEqual([`step-${String(step).padStart(6, "0")}`]);
    bringBack();
    await jsonOf(training(how, step + 5), folder);
    await jsonOf(training(`${how} not`, step + 5), folder);
    expect(weightsOf(run).equals(weightsOf(join(folder, `${how} not`)))).toBe(true);
  },
);
