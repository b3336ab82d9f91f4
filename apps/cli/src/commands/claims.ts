import { availableParallelism, cpus, totalmem } from "node:os";
import { CheckpointError } from "@trivium/core";
import { analyseClaims, type ClaimRequest, type ClaimResult, type ClaimsEvent, runClaims } from "@trivium/evaluator";
import { consume, type Sink } from "@trivium/trainer";
import type { Command } from "commander";
import { createArmContext } from "../claims/arm-context.ts";
import { createArmFolder } from "../claims/arm-folder.ts";
import { type ClaimsRun, openClaimsFolder, readClaimsRun, writeClaimsRun } from "../claims/claims-folder.ts";
import { findClaims } from "../claims/find-claims.ts";
import { writeClaimsReport } from "../claims/write-claims-report.ts";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { resolvePlugin } from "../load-registry.ts";
import type { Output } from "../output.ts";
import { numericIdentity, prepareBackend } from "../prepare-backend.ts";
import type { Progress } from "../progress.ts";
import { readFlags } from "../read-settings.ts";
import { addFlags } from "../setting-flags.ts";
import { type ClaimsSettings, claimsSchema } from "../settings.ts";
import { interruptedExitCode, stopOnSignals } from "../stop-on-signals.ts";
import { table } from "../table.ts";
import { typedCommand } from "../typed-command.ts";

export function claimsCommand(program: Command): void {
  const claims = program
    .command("claims")
    .description("What is said of the architectures: list it, measure it, report it.");
  defineCommand(claims.command("list").description("The claims there are."), listClaims);
  const run = claims.command("run").argument("[ids...]", "claims to measure. Default: all");
  run.description("Measure claims; what was measured before is not measured again.");
  defineCommand(addFlags(run, claimsSchema), measureClaims);
  const report = claims.command("report").argument("<dir>", "a folder of `claims run`");
  defineCommand(report.description("Judge again what was measured, and write the report."), reportClaims);
}

async function listClaims({ registry, output }: CommandContext): Promise<void> {
  const claims = findClaims([], await registry()).map(({ id, claim: { statement } }) => ({ id, statement }));
  output.result(claims, () => table([["claim", "statement"], ...claims.map(({ id, statement }) => [id, statement])]));
}

async function measureClaims(context: CommandContext): Promise<void> {
  const { output } = context;
  const settings = readFlags(claimsSchema, context.flags, context.plugins);
  const { out } = settings;
  const registry = await context.registry(settings.plugins);
  const claims = findClaims(context.positional, registry);
  const backend = prepareBackend(settings, registry);
  const before = await openClaimsFolder(out);
  await backend.activate();
  const environment = { ...(await numericIdentity(backend)), attention: settings.attention };
  const probe = await backend.probe();
  const started = describeRun(settings, {
    claims: claims.map(({ id }) => id),
    environment,
    backend: probe.available ? `${settings.backend} (${probe.detail})` : settings.backend,
  });
  const run = before ? together(before, started) : started;
  await writeClaimsRun(out, run);
  const { signal, release } = stopOnSignals(output);
  const store = createArmFolder(out);
  const shared = { request: run.request, store, environment };
  const stream = runClaims({ ...shared, claims, context: createArmContext(registry, settings.attention), signal });
  const results = await consume(stream, showClaims(output)).finally(release);
  if (results.length < claims.length) {
    output.note(`stopped after ${results.length} of ${claims.length} claims; the same command goes on from there`);
    process.exitCode = interruptedExitCode;
    return;
  }
  const reasoned = { ...run, reasons: reasonsOf(run, results) };
  await writeClaimsRun(out, reasoned);
  const all = await analyseClaims({ ...shared, claims: findClaims(run.claims, registry) });
  await writeClaimsReport(out, { results: all, run: reasoned, registry, output });
}

async function reportClaims({ positional, plugins, registry, output }: CommandContext): Promise<void> {
  const [folder = "claims"] = positional;
  const run = await readClaimsRun(folder);
  if (!run)
    throw new CheckpointError(
      "cli/not-claims",
      `${folder} holds no claims; measure some: trivium claims run --out ${folder}`,
    );
  const found = await registry([...run.plugins, ...plugins]);
  const { request, environment } = run;
  const claims = findClaims(run.claims, found);
  const results = await analyseClaims({ claims, request, environment, store: createArmFolder(folder) });
  await writeClaimsReport(folder, { results, run, registry: found, output });
}

function describeRun(
  { preset, seeds: count, plugins }: ClaimsSettings,
  own: Pick<ClaimsRun, "claims" | "environment" | "backend">,
): ClaimsRun {
  const request: ClaimRequest = { preset, seeds: Array.from({ length: count }, (_, at) => at + 1) };
  return {
    ...{ format: "trivium-claims-run", version: 1, command: typedCommand(process.argv.slice(2)), request },
    ...own,
    plugins: plugins.map(resolvePlugin),
    machine: {
      processor: cpus()[0]?.model.trim() || process.arch,
      cores: availableParallelism(),
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    },
    reasons: {},
  };
}

/** Claims that were measured in the folder before stay in the report if they were measured in the same way. */
function together(before: ClaimsRun, run: ClaimsRun): ClaimsRun {
  const way = ({ request, environment }: ClaimsRun) => JSON.stringify([request, environment]);
  if (way(before) !== way(run)) return run;
  const plugins = [...new Set([...before.plugins, ...run.plugins])];
  const claims = [...new Set([...before.claims, ...run.claims])];
  return { ...run, claims, plugins, reasons: before.reasons };
}

function reasonsOf({ reasons }: ClaimsRun, results: readonly ClaimResult[]): ClaimsRun["reasons"] {
  const ran = new Set(results.map(({ id }) => id));
  const kept = Object.entries(reasons).filter(([id]) => !ran.has(id));
  const found = results.flatMap((result) => (result.status === "not run" ? [[result.id, result.reason] as const] : []));
  return Object.fromEntries([...kept, ...found]);
}

function showClaims(output: Output): Sink<ClaimsEvent> {
  let progress: Progress | undefined;
  return (event) => {
    if (event.type === "arm" && event.from === "run")
      progress = output.progress(`${event.claim} [${event.index + 1}/${event.arms}] ${event.arm}`);
    if (event.type === "progress") {
      const { done, total, note = "" } = event.progress;
      progress?.update(done, total, note);
    }
    if (event.type === "stored") progress?.stop();
    if (event.type === "result") {
      const { result } = event;
      output.note(
        `${result.id}: ${result.status === "measured" ? result.verdict : `not run: ${result.reason.message}`}`,
      );
    }
  };
}
