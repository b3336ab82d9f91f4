import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runAlone } from "./run-trivium.ts";
import { onTerminal, withoutTerminal } from "./terminal.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-terminal-"));
beforeAll(() => writeToyData(folder));
afterAll(() => rmSync(folder, { recursive: true }));

const training = (out: string) => [
  "train",
  "--data",
  "toy.tsv",
  ...tiny,
  "--steps",
  "40",
  "--decoded",
  "0",
  "--out",
  out,
];
/** Begins the commands that move the cursor and clear lines. */
const control = String.fromCharCode(27);
test("on a terminal there is a bar, with notes above it, and the cursor comes back", (context) => {
  if (withoutTerminal) return context.skip(withoutTerminal);
  const shown = onTerminal(training("bar"), folder);
  expect(shown).toMatch(/causal █+ 40\/40 loss [\d.]+, [\d,]+ tokens\/s/);
  expect(shown).toContain(`${control}[2Kstep 40: targetLoss `);
  expect(shown).toMatch(/step 40: targetLoss [\d.]+, [^\n█]*\n/);
  expect(shown.lastIndexOf(`${control}[?25h`)).toBeGreaterThan(shown.lastIndexOf(`${control}[?25l`));
  expect(shown).toMatch(/finished at step 40; the run is in bar\r?\n$/);
});

test("in a pipe there are plain lines, the last state once", async () => {
  const { stdout, stderr } = await runAlone(training("pipe"), folder);
  expect(stdout).toBe("finished at step 40; the run is in pipe\n");
  expect(stderr).not.toMatch(/[█░]/);
  expect(stderr).not.toContain(control);
  expect(stderr.match(/^causal 40\/40 loss [\d.]+, [\d,]+ tokens\/s$/gm)).toHaveLength(1);
});
