import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openReportFolder, writeReportFile } from "./report-folder.ts";

const root = mkdtempSync(join(tmpdir(), "trivium-report-"));
afterAll(() => rmSync(root, { recursive: true }));

test("a folder is made with those above it, and taken again with an earlier report in it", async () => {
  const folder = join(root, "a/b");
  await openReportFolder(folder);
  await writeReportFile(folder, "report.json", "1");
  await openReportFolder(folder);
  await writeReportFile(folder, "report.json", "2");
  expect(readdirSync(folder)).toEqual(["report.json"]);
  expect(readFileSync(join(folder, "report.json"), "utf8")).toBe("2");
});

test("what a killed process left half-written is no obstacle", async () => {
  const folder = join(root, "killed");
  await openReportFolder(folder);
  writeFileSync(join(folder, ".report.html.temporary"), "<!doct");
  await openReportFolder(folder);
  await writeReportFile(folder, "report.html", "whole");
  expect(readdirSync(folder)).toEqual(["report.html"]);
});

test("a folder of something else is refused, naming some of it", async () => {
  const folder = join(root, "other");
  mkdirSync(folder);
  for (const name of ["a", "b", "c", "d"]) writeFileSync(join(folder, name), "");
  await expect(openReportFolder(folder)).rejects.toMatchObject({
    code: "cli/not-a-report",
    message: `${folder} holds a, b, c, … and is not the folder of a report; choose another with --out`,
  });
});

test("a file in the way is refused in words", async () => {
  writeFileSync(join(root, "file"), "");
  for (const path of ["file", "file/below"]) {
    await expect(openReportFolder(join(root, path))).rejects.toMatchObject({
      code: "cli/cannot-write",
      message: expect.stringMatching(/: (it|a part of the path) is a file, not a folder; choose another/),
    });
  }
});
