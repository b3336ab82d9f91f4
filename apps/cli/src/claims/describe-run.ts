import { availableParallelism, cpus, totalmem } from "node:os";
import type { ClaimResult } from "@trivium/claims";
import type { Recipe } from "@trivium/compose";
import type { Json } from "@trivium/core";
import { resolvePlugin } from "../load-registry.ts";
import { ownVersion } from "../own-package.ts";
import type { ClaimsSettings } from "../settings.ts";
import type { ClaimsRun } from "./claims-folder.ts";

/** Describes a run that is about to begin. */
export const describeRun = (
  { preset, seeds: count, plugins }: Pick<ClaimsSettings, "preset" | "seeds"> & Pick<Recipe, "plugins">,
  own: Pick<ClaimsRun, "claims" | "environment">,
): ClaimsRun => ({
  ...{ format: "trivium-claims-run", version: 1 },
  request: { preset, seeds: Array.from({ length: count }, (_, at) => at + 1) },
  ...own,
  plugins: plugins.map(resolvePlugin),
  reasons: {},
});

/**
 * Describes the machine of arms, on which their times and the rounding of their sums depend.
 *
 * @param gemmVersion - of the library of matrix products, with the instruction set that it takes.
 */
export const describeMachine = (gemmVersion: string | undefined): Json => ({
  processor: cpus()[0]?.model.trim() || process.arch,
  cores: availableParallelism(),
  memoryGigabytes: Math.round(totalmem() / 2 ** 30),
  ...(gemmVersion !== undefined && { gemmVersion }),
  node: process.version,
  trivium: ownVersion(),
});

/** Tells if two runs ask for the same and compute it in the same way: only then is there one report of both. */
export const belongTogether = (one: ClaimsRun, other: ClaimsRun): boolean => way(one) === way(other);

const way = ({ request, environment }: ClaimsRun): string => JSON.stringify([request, environment]);

/** A run that goes on from another: claims that were measured before stay in the report. */
export function together(before: ClaimsRun, run: ClaimsRun): ClaimsRun {
  const plugins = [...new Set([...before.plugins, ...run.plugins])];
  const claims = [...new Set([...before.claims, ...run.claims])];
  return { ...run, claims, plugins, reasons: before.reasons };
}

/** The reasons why claims were not run, in this run and, where they were left out of it, before. */
export function reasonsOf({ reasons }: ClaimsRun, results: readonly ClaimResult[]): ClaimsRun["reasons"] {
  const ran = new Set(results.map(({ id }) => id));
  const kept = Object.entries(reasons).filter(([id]) => !ran.has(id));
  const found = results.flatMap((result) => (result.status === "not run" ? [[result.id, result.reason] as const] : []));
  return Object.fromEntries([...kept, ...found]);
}
