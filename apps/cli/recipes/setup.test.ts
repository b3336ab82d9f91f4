import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { jsonOf, runTrivium } from "./run-trivium.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-setup-"));
const cache = join(folder, "cache");

/** A setup of the user's own, which fetches nothing. */
const mine = `export const mine = { kind: "setup", name: "mine", description: "a test", create: {
  version: "1.0", license: "MIT", fetchedBytes: 5e6, keptBytes: 2.1e6,
  archives: ({ platform }) => platform === process.platform ? [] : { reason: "no", remedy: "none" },
  finish: async () => {},
} };\n`;

beforeAll(() => {
  vi.stubEnv("TRIVIUM_CACHE", cache);
  writeFileSync(join(folder, "mine.mjs"), mine);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const run = (...words: string[]) => runTrivium(["setup", ...words, "--plugin", "./mine.mjs"], folder);

test("setup alone lists what can be set up and what is, with sizes and licences", async () => {
  const { code, stdout, stderr } = await run();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^name +version +state +to fetch +on disk +license +for$/m);
  expect(stdout).toMatch(/^tfjs-node +2\.13\.1 +not .* 187 MB +562 MB +Apache-2\.0 +the backend tfjs-node/m);
  expect(stdout).toMatch(/^mine +1\.0 +not set up +5 MB +3 MB +MIT +a test$/m);
});

test("a setup appears in the cache folder and in the list, and --remove takes it away", async () => {
  const made = await jsonOf(["setup", "mine", "--plugin", "./mine.mjs"], folder);
  expect(made).toEqual({ name: "mine", version: "1.0", folder: join(cache, "mine/1.0") });
  expect(readdirSync(join(cache, "mine/1.0"))).toEqual(["setup.json"]);
  expect((await run()).stdout).toContain(join(cache, "mine/1.0"));
  expect(await run("--remove", "mine")).toMatchObject({ code: 0, stdout: `removed ${join(cache, "mine")}\n` });
  expect(existsSync(join(cache, "mine"))).toBe(false);
  expect(await run("--remove", "mine")).toMatchObject({ code: 0, stdout: "mine is not set up\n" });
});

test("wrong names and flags are refused in one line that says what there is", async () => {
  const refused = async (words: string[], text: RegExp) =>
    expect(await run(...words)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(text) });
  await refused(["tfjs"], /^trivium: there is no setup "tfjs".*mine.*tfjs-node\n$/);
  await refused(["--remove", "tfjs"], /^trivium: there is no setup "tfjs"/);
  await refused(["--from", "."], /^trivium: --from goes with a name: trivium setup NAME --from \.\n$/);
  await refused(["mine", "--remove", "mine"], /^trivium: either mine is set up or mine removed: give one name\n$/);
});
