import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { quickly, runBench } from "../testing/run-bench.ts";

const tiny = ["--layers", "1", "--width", "8", "--heads", "2", "--vocabulary", "300"];

let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trivium-first-token-"));
  program = join(folder, "program.mjs");
});
afterAll(() => rm(folder, { recursive: true }));

test("a process is measured from its start to its first output, with a folder that has a model", async () => {
  await writeFile(
    program,
    `import { readdirSync } from "node:fs";
    const [command, model, prompt, ...weights] = process.argv.slice(2);
    if (command !== "generate" || prompt !== "a b" || weights.join() !== "--weights,q8,--tokens,2") process.exit(1);
    if (!readdirSync(model).includes("model.safetensors")) process.exit(1);
    process.stdout.write("a");`,
  );
  const words = ["--program", program, "--prompt", "a b", "--weights", "q8", ...tiny, ...quickly];
  const { measurements } = await runBench("first-token", ...words);
  expect(measurements.map(({ work, precision }) => [work, precision])).toEqual([["first token of a process", "q8"]]);
  expect(measurements[0]?.parameters).toBeGreaterThan(300 * 8);
});

test("a process that ends without output is told of by its error", async () => {
  await writeFile(program, `console.error("no model here"); process.exit(1);`);
  await expect(runBench("first-token", "--program", program, ...tiny, ...quickly)).rejects.toMatchObject({
    code: "bench/first-output",
    message: expect.stringContaining("no model here"),
  });
});
