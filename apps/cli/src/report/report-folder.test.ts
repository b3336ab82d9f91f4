import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openReportFolder, writeReportFile } from "./report-folder.ts";

const root = mkdtempSync(join(tmpdir(), "trivium-report-"));
afterAll(() => rmSync(root, { recursive: true }));

const identity = { configuration: "c", data: "d" };
const report = (configuration: string, fingerprint: string) =>
  JSON.stringify({ format: "trivium-comparison", data: { fingerprint }, signature: { configuration } });

test("a folder is made with those above it, and taken again with an earlier report of the same comparison", async () => {
  const folder = join(root, "a/b");
  await openReportFolder(folder, identity);
  await writeReportFile(folder, "report.json", report("c", "d"));
  await openReportFolder(folder, identity);
  await writeReportFile(folder, "report.json", `${report("c", "d")}\n`);
  expect(readdirSync(folder)).toEqual(["report.json"]);
  expect(readFileSync(join(folder, "report.json"), "utf8")).toBe(`${report("c", "d")}\n`);
});

test.each([report("c", "other"), report("other", "d"), "{}", "no json"])(
  "another report (%s) is refused",
  async (content) => {
    const folder = join(root, "another");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "report.json"), content);
    await expect(openReportFolder(folder, identity)).rejects.toMatchObject({
      code: "cli/other-comparison",
      message: expect.stringContaining(`${folder} holds another comparison`),
    });
  },
);

test("what a killed process left half-written is no obstacle", async () => {
  const folder = join(root, "killed");
  await openReportFolder(folder, identity);
  writeFileSync(join(folder, ".report.html.temporary"), "<!doct");
  await openReportFolder(folder, identity);
  await writeReportFile(folder, "report.html", "whole");
  expect(readdirSync(folder)).toEqual(["report.html"]);
});

test("a folder of something else is refused, naming some of it", async () => {
  const folder = join(root, "other");
  mkdirSync(folder);
  for (const name of ["a", "b", "c", "d"]) writeFileSync(join(folder, name), "");
  await expect(openReportFolder(folder, identity)).rejects.toMatchObject({
    code: "cli/not-a-report",
    message: `${folder} holds a, b, c, … and is not the folder of a report; choose another with --out`,
  });
});

test("a file in the way is refused in words", async () => {
  writeFileSync(join(root, "file"), "");
  for (const path of ["file", "file/below"]) {
    await expect(openReportFolder(join(root, path), identity)).rejects.toMatchObject({
      code: "checkpoint/not-a-folder",
      message: expect.stringMatching(/: (it|a part of the path) is a file, not a folder/),
    });
  }
});
