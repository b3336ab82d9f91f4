import { expect, test } from "vitest";
import { temporaryTree } from "./temporary-tree.ts";
import { readTally, tallyOf } from "./test-report.ts";

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});

test("passed and failed tests are counted", () => {
  const testResults = [file("passed", "passed", "pending"), file("failed", "failed", "passed")];
  expect(tallyOf({ numPassedTests: 2, numFailedTests: 1, testResults }, 1)).toEqual({
    passed: 2,
    failed: 1,
  });
});

test("a file that cannot be loaded is a failure", () => {
  const testResults = [file("passed", "passed"), file("failed")];
  expect(tallyOf({ numPassedTests: 1, numFailedTests: 0, testResults }, 1)).toEqual({
    passed: 1,
    failed: 1,
  });
});

test("a run that ended badly although every test passed is a failure", () => {
  const testResults = [file("passed", "passed")];
  expect(tallyOf({ numPassedTests: 1, numFailedTests: 0, testResults }, 1)).toEqual({
    passed: 1,
    failed: 1,
  });
});

test("a clean run has no failures", () => {
  const testResults = [file("passed", "passed", "pending")];
  expect(tallyOf({ numPassedTests: 1, numFailedTests: 0, testResults }, 0)).toEqual({ passed: 1, failed: 0 });
});

test("a report that was never written, or only half, is a failure", () => {
  using tree = temporaryTree({ "half.json": `{"numPassedTests": 3` });
  expect(readTally(`${tree.root}/none.json`, 0)).toEqual({ passed: 0, failed: 1 });
  expect(readTally(`${tree.root}/half.json`, 0)).toEqual({ passed: 0, failed: 1 });
});
