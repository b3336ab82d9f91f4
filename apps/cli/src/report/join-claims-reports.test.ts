import { expect, test } from "vitest";
import type { ClaimsReport, ReportedClaim } from "./claims-report.ts";
import { joinClaimsReports } from "./join-claims-reports.ts";

const claimOf = (id: string, hash: string): ReportedClaim => ({
  id,
  statement: "s",
  evidence: [],
  measure: "m",
  expected: "e",
  command: `trivium claims run ${id}`,
  signature: { configuration: hash, data: { words: [hash] }, machines: [{ cores: 2 }] },
  verdict: "supported",
  effects: [],
  tables: [],
  charts: [],
  notes: [],
  arms: [{ name: "arm", hash, configuration: {}, numbers: {}, seconds: 1, machine: { cores: 2 } }],
});
const reportOf = (build: string, claims: readonly ReportedClaim[], seeds = [1, 2]): ClaimsReport => ({
  format: "trivium-claims",
  version: 1,
  command: `trivium claims run, ${build}`,
  request: { preset: "full", seeds },
  claims,
  signature: {
    configuration: build,
    data: {},
    machines: [],
    versions: {},
    masks: "m",
    metrics: [],
    seeds,
    environment: { build },
  },
});

test("claims of a later build are added with their environment, and all hashes are of what is there", () => {
  const report = reportOf("a", [claimOf("one", "1"), claimOf("two", "2")]);
  const joined = joinClaimsReports(report, reportOf("b", [claimOf("two", "4"), claimOf("three", "3")]));
  expect(joined.claims.map(({ id, arms, signature }) => [id, arms[0]?.hash, signature.environment])).toEqual([
    ["one", "1", undefined],
    ["two", "4", { build: "b" }],
    ["three", "3", { build: "b" }],
  ]);
  expect(joined.signature.data).toEqual({ words: ["1", "3", "4"] });
  expect(joined.signature.machines).toEqual([{ cores: 2 }]);
  expect(joined.signature.configuration).not.toBe(report.signature.configuration);
  expect(joined.signature.environment).toEqual({ build: "a" });
});

test("reports of other seeds are not joined", () => {
  expect(() => joinClaimsReports(reportOf("a", []), reportOf("a", [], [1]))).toThrow("of the same seeds are joined");
});
