import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeDataset } from "@trivium/data/testing";
import { mo } from "gettext-parser";
import { afterAll, describe, expect, test } from "vitest";
import { isoCodes } from "./iso-codes.ts";

const folder = await mkdtemp(join(tmpdir(), "iso-codes-"));
afterAll(() => rm(folder, { recursive: true }));

const english = ["Danish", "French", "Latin", "Greek", "Old", "Old", "Twi"];
const german = {
  Danish: ["Dänisch"],
  French: ["Französisch"],
  Latin: ["Latein"],
  Greek: [""],
  Old: ["Alt"],
  Twi: ["Twi"],
};

/** A folder as Debian has it, with a few languages. */
async function writeFolder(): Promise<void> {
  const messages = join(folder, "locale/de/LC_MESSAGES");
  await mkdir(join(folder, "iso-codes/json"), { recursive: true });
  await mkdir(messages, { recursive: true });
  const entries = english.map((name, at) => ({ alpha_3: `aa${at}`, name }));
  await writeFile(join(folder, "iso-codes/json/iso_639-3.json"), JSON.stringify({ "639-3": entries }));
  const translations = Object.fromEntries(Object.entries(german).map(([msgid, msgstr]) => [msgid, { msgid, msgstr }]));
  const headers = { "Content-Type": "text/plain; charset=UTF-8" };
  const file = mo.compile({ charset: "utf-8", headers, translations: { "": translations } });
  await writeFile(join(messages, "iso_639-3.mo"), file);
}
await writeFolder();

test("names have their translation; those without one and those that stay the same are left out", async () => {
  const { train, validation, test: held } = await isoCodes({ folder, to: "de", validation: 0.25, test: 0.25 });
  expect([train.length, validation.length, held.length]).toEqual([2, 1, 1]);
  expect([...train, ...validation, ...held]).toHaveLength(4);
  expect(new Set([...train, ...validation, ...held])).toEqual(
    new Set([
      { source: "Danish", target: "Dänisch" },
      { source: "French", target: "Französisch" },
      { source: "Latin", target: "Latein" },
      { source: "Old", target: "Alt" },
    ]),
  );
});

test("without the package, or in a language that it lacks, the remedy is named", async () => {
  for (const wrong of [{ folder: join(folder, "none") }, { folder, to: "fr" }]) {
    await expect(isoCodes(wrong)).rejects.toMatchObject({
      code: "tasks/iso-codes",
      message: expect.stringMatching(/^cannot read .*no such file.*; .*apt-get install iso-codes, and .* "fr"$/),
    });
  }
  await expect(isoCodes({ to: "../de" })).rejects.toThrow("dataset iso-codes: to: expected the name of a locale");
});

const installed = existsSync("/usr/share/iso-codes") && existsSync("/usr/share/locale/fr/LC_MESSAGES/iso_639-3.mo");
describe.skipIf(!installed)("with the Debian package iso-codes and its French translation", () => {
  describeDataset("iso-codes", () => isoCodes());

  test("most languages have a French name that differs", async () => {
    const { train, validation, test: held } = await isoCodes();
    expect(train.length + validation.length + held.length).toBeGreaterThan(7000);
  });
});
