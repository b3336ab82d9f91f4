import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TriviumError } from "@trivium/core";
import { describeReading } from "@trivium/data";
import { fileDataset } from "@trivium/data/node";
import { afterAll, expect, test } from "vitest";
import { heldOutShares } from "./held-out-shares.ts";
import { readPairs } from "./read-pairs.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-pairs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const good = "one\teins\ntwo\tzwei\nthree\tdrei\nfour\tvier\nfive\tfünf\n";

/** Files as people have them, by what is odd in them. */
const oddities: Readonly<Record<string, string | Uint8Array>> = {
  nothing: good,
  "no tab": `${good}six\n`,
  "three columns": `${good}six\tsechs\tsix\n`,
  "an empty source": `${good}\tsechs\n`,
  "an empty target": `${good}six\t\n`,
  "empty lines": `${good}\n\n${good}`,
  "a line ending of Windows": good.replaceAll("\n", "\r\n"),
  "no last line ending": good.trimEnd(),
  "a byte order mark": `\uFEFF${good}`,
  "quoted fields": good.replaceAll("one", '"one"'),
  "a header": `source\ttarget\n${good}`,
  "a repeated source": `${good}one\tuno\n`,
  "one source": "one\teins\n",
  "no line": "",
  "blank lines alone": "\n\n",
  "NUL bytes": Uint8Array.from(good, (letter) => (letter === "e" ? 0 : letter.charCodeAt(0))),
  "UTF-16": Uint8Array.from([0xff, 0xfe, ...[...good].flatMap((letter) => [letter.charCodeAt(0), 0])]),
  "no UTF-8": Uint8Array.from([...new TextEncoder().encode(good), 0x73, 0xe9, 0x09, 0x78, 0x0a]),
};

async function onCommandLine(path: string) {
  try {
    return { notes: describeReading(await fileDataset({ path, ...heldOutShares })), error: undefined };
  } catch (error) {
    if (!TriviumError.is(error)) throw error;
    return { notes: [], error: error.message };
  }
}

test.each(Object.keys(oddities))("a file with %s has the messages of the command line", async (oddity) => {
  const content = oddities[oddity]!;
  const path = join(folder, "words.tsv");
  writeFileSync(path, content);
  const { notes, error } = await readPairs(content, "words.tsv");
  const expected = await onCommandLine(path);
  const named = (text: string) => text.replaceAll(path, "words.tsv");
  expect({ notes, error }).toEqual({
    notes: expected.notes.map(named),
    error: expected.error && named(expected.error),
  });
});
