import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createRandom } from "@trivium/core";
import { disposeTree } from "@trivium/tensor";
import { afterAll, expect, test } from "vitest";
import type { CommandContext } from "./command-context.ts";
import { loadRegistry } from "./load-registry.ts";
import { createOutput } from "./output.ts";
import { prepareTraining } from "./prepare-training.ts";
import { trainSchema } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-training-"));
afterAll(() => rmSync(folder, { recursive: true }));
const data = join(folder, "words.tsv");
const plugin = join(folder, "plugin.mjs");
writeFileSync(data, Array.from({ length: 20 }, (_, index) => `${index}\t${index}`).join("\n"));
writeFileSync(
  plugin,
  'export const upper = { kind: "shout", name: "upper", description: "Loud.", create: () => "!" };\n',
);

const context: CommandContext = {
  output: createOutput(false),
  flags: {},
  plugins: [],
  positional: [],
  registry: (sources = []) => loadRegistry(sources),
};
const small = { width: 8, heads: 2, layers: 1, steps: 4, batch: 4, backend: "cpu" };
const prepare = (given: Record<string, unknown>) =>
  prepareTraining(trainSchema.parse({ ...small, data, out: folder, ...given }), context);

test("an evaluation within training ends with the signal, and leaves no numbers of a part", async () => {
  const { options } = await prepare({});
  const evaluated = async (signal: AbortSignal) => {
    const { task, evaluate } = options(signal);
    const parameters = task.createParameters(createRandom(1));
    const metrics = await evaluate?.run(parameters, 1);
    disposeTree(parameters);
    return metrics;
  };
  expect(await evaluated(new AbortController().signal)).toMatchObject({ targetLoss: expect.any(Number) });
  expect(await evaluated(AbortSignal.abort())).toEqual({});
});

test("a run remembers its data and plugins by absolute paths", async () => {
  const settingsOf = async (given: Record<string, unknown>) => {
    const { config } = (await prepare(given)).options(new AbortController().signal);
    return (config as { cli: { settings: unknown } }).cli.settings;
  };
  const [near, mine] = [relative(process.cwd(), data), relative(process.cwd(), plugin)];
  expect(await settingsOf({ data: near, plugins: [mine] })).toMatchObject({ data, plugins: [plugin] });
});

test("what the backend says of its arithmetic, and how batches are formed, are parts of the run", async () => {
  const { numericIdentity, identity } = (await prepare({ bucketBatches: 3, packing: 64 })).options(
    new AbortController().signal,
  );
  expect(numericIdentity).toMatchObject({ backend: "cpu" });
  expect(identity).toMatchObject({ bucketBatches: 3, packing: 64 });
});
