import { analyseClaims, createArmContext, runClaims } from "@trivium/claims";
import { mergeRecipes, numericIdentity, readRecipe, resolveEngine } from "@trivium/compose";
import { CheckpointError } from "@trivium/core";
import { consume } from "@trivium/trainer";
import type { Command } from "commander";
import { createArmFolder } from "../claims/arm-folder.ts";
import { serveArms } from "../claims/arm-worker.ts";
import { type ClaimsRun, openClaimsFolder, readClaimsRun, writeClaimsRun } from "../claims/claims-folder.ts";
import { belongTogether, describeMachine, describeRun, reasonsOf, together } from "../claims/describe-run.ts";
import { findClaims } from "../claims/find-claims.ts";
import { measureAtOnce } from "../claims/measure-at-once.ts";
import { claimsOutlook, describeOutlook } from "../claims/outlook.ts";
import { shareCores } from "../claims/share-cores.ts";
import { showClaims } from "../claims/show-claims.ts";
import { writeClaimsReport } from "../claims/write-claims-report.ts";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { noteEngine } from "../note-engine.ts";
import { engineFields } from "../open-run.ts";
import type { Output } from "../output.ts";
import { readSettings } from "../read-settings.ts";
import { addFlags } from "../setting-flags.ts";
import { claimsSchema } from "../settings.ts";
import { interruptedExitCode, stopOnSignals } from "../stop-on-signals.ts";
import { table } from "../table.ts";

export function claimsCommand(program: Command): void {
  const claims = program
    .command("claims")
    .description("What is said of the architectures: list it, measure it, report it.");
  defineCommand(claims.command("list").description("The claims there are."), listClaims);
  const run = claims.command("run").argument("[ids...]", "claims to measure, or `all`. Default: all");
  run.description("Measure claims; what was measured before is not measured again.");
  defineCommand(addFlags(run, { ...engineFields(), ...claimsSchema.shape }), measureClaims);
  defineCommand(claims.command("arms", { hidden: true }), serveArms);
  const report = claims.command("report").argument("<dir>", "a folder of `claims run`");
  defineCommand(report.description("Judge again what was measured, and write the report."), reportClaims);
}

async function listClaims({ registry, output }: CommandContext): Promise<void> {
  const claims = findClaims([], await registry()).map(({ id, claim: { statement } }) => ({ id, statement }));
  output.result(claims, () => table([["claim", "statement"], ...claims.map(({ id, statement }) => [id, statement])]));
}

async function measureClaims(context: CommandContext): Promise<void> {
  const { output } = context;
  const { settings, recipe, registry, backend, armContext, claims, run, machine } = await prepareRun(context);
  const { out } = settings;
  const { request, environment } = run;
  const shared = { request, environment, store: createArmFolder(out), context: armContext };
  const { jobs, threads } = shareCores({ jobs: settings.jobs, threads: recipe.backend.options?.threads });
  const outlook = () => claimsOutlook({ ...shared, claims }, jobs);
  output.note(describeOutlook(await outlook()));
  const { signal, release } = stopOnSignals(output);
  const measure = async () => {
    const ofWorkers = backend.withOptions ? mergeRecipes(recipe, { backend: { options: { threads } } }) : recipe;
    await measureAtOnce({ ...shared, claims }, { jobs, out, recipe: readRecipe(ofWorkers), signal, output });
    // Then arms that need to be alone, and those that lack something here, which is their claim's reason.
    return consume(runClaims({ ...shared, claims, machine, signal }), showClaims(output, outlook));
  };
  const results = await measure().finally(release);
  if (results.length < claims.length) {
    output.note(`stopped; ${describeOutlook(await outlook())}; the same command goes on from there`);
    process.exitCode = interruptedExitCode;
    return;
  }
  const reasoned = { ...run, reasons: reasonsOf(run, results) };
  await writeClaimsRun(out, reasoned);
  const all = await analyseClaims({ ...shared, claims: findClaims(run.claims, registry) });
  await writeClaimsReport(out, { results: all, run: reasoned, registry, output });
}

/** Finds what is asked for, and begins the run. */
async function prepareRun(context: CommandContext) {
  const { positional, output } = context;
  const { settings, recipe, registry } = await readSettings(claimsSchema, context);
  const claims = findClaims(positional, registry);
  const engine = resolveEngine(recipe, registry);
  const { backend, attention } = engine;
  const armContext = createArmContext(registry, attention);
  const before = await openClaimsFolder(settings.out);
  await backend.activate();
  await noteEngine(engine, output);
  // A run may go on where the library takes other instructions: its arms say what they ran on. Arms that are measured at
  // once share the threads, so no number of threads holds for all.
  const { gemmVersion, threads: _, ...computed } = await numericIdentity(backend);
  const { options } = recipe.attention;
  const environment = { ...computed, attention: `${attention.name}${options ? JSON.stringify(options) : ""}` };
  const asked = describeRun({ ...settings, ...recipe }, { claims: claims.map(({ id }) => id), environment });
  const run = await beginRun(asked, { before, out: settings.out, output });
  return { settings, recipe, registry, backend, armContext, claims, run, machine: describeMachine(gemmVersion) };
}

interface Begun {
  readonly before: ClaimsRun | undefined;
  readonly out: string;
  readonly output: Output;
}

/** The run that goes on, or begins; another one's description stays until this one has results. */
async function beginRun(asked: ClaimsRun, { before, out, output }: Begun): Promise<ClaimsRun> {
  if (before && !belongTogether(before, asked)) {
    output.note(
      `${out} was measured with another preset, seeds or build; its arms stay, and a report of this run replaces its report`,
    );
    return asked;
  }
  const run = before ? together(before, asked) : asked;
  await writeClaimsRun(out, run);
  return run;
}

async function reportClaims({ positional, plugins, registry, output }: CommandContext): Promise<void> {
  const [folder = "claims"] = positional;
  const run = await readClaimsRun(folder);
  const message = `${folder} holds no claims; measure some: trivium claims run --out ${folder}`;
  if (!run) throw new CheckpointError("cli/not-claims", message);
  const found = await registry([...run.plugins, ...plugins]);
  const { request, environment } = run;
  const claims = findClaims(run.claims, found);
  const results = await analyseClaims({ claims, request, environment, store: createArmFolder(folder) });
  await writeClaimsReport(folder, { results, run, registry: found, output });
}
