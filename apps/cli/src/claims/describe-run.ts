import { availableParallelism, cpus, totalmem } from "node:os";
import type { ClaimRequest, ClaimResult } from "@trivium/evaluator";
import { resolvePlugin } from "../load-registry.ts";
import type { ClaimsSettings } from "../settings.ts";
import { typedCommand } from "../typed-command.ts";
import type { ClaimsRun, Machine } from "./claims-folder.ts";

/** What is about to be run, on this machine. */
export function describeRun(
  { preset, seeds: count, plugins }: ClaimsSettings,
  own: Pick<ClaimsRun, "claims" | "environment" | "backend" | "machines">,
): ClaimsRun {
  const request: ClaimRequest = { preset, seeds: Array.from({ length: count }, (_, at) => at + 1) };
  return {
    ...{ format: "trivium-claims-run", version: 1, command: typedCommand(process.argv.slice(2)), request },
    ...own,
    plugins: plugins.map(resolvePlugin),
    reasons: {},
  };
}

/** This one. */
export const describeMachine = (gemmVersion: string | undefined): Machine => ({
  processor: cpus()[0]?.model.trim() || process.arch,
  cores: availableParallelism(),
  memoryGigabytes: Math.round(totalmem() / 2 ** 30),
  ...(gemmVersion !== undefined && { gemmVersion }),
});

/** Whether two runs ask for the same and compute it in the same way: only then is there one report of both. */
export const belongTogether = (one: ClaimsRun, other: ClaimsRun): boolean => way(one) === way(other);

const way = ({ request, environment }: ClaimsRun): string => JSON.stringify([request, environment]);

/** A run that goes on from another: claims that were measured before stay in the report. */
export function together(before: ClaimsRun, run: ClaimsRun): ClaimsRun {
  const plugins = [...new Set([...before.plugins, ...run.plugins])];
  const claims = [...new Set([...before.claims, ...run.claims])];
  const machines = [
    ...new Map([...before.machines, ...run.machines].map((one) => [JSON.stringify(one), one])).values(),
  ];
  return { ...run, claims, plugins, machines, reasons: before.reasons };
}

/** Why claims were not run, in this run and, where they were left out of it, before. */
export function reasonsOf({ reasons }: ClaimsRun, results: readonly ClaimResult[]): ClaimsRun["reasons"] {
  const ran = new Set(results.map(({ id }) => id));
  const kept = Object.entries(reasons).filter(([id]) => !ran.has(id));
  const found = results.flatMap((result) => (result.status === "not run" ? [[result.id, result.reason] as const] : []));
  return Object.fromEntries([...kept, ...found]);
}
