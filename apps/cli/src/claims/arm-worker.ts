import { on } from "node:events";
import { type AnalyseClaimsOptions, type ArmProgress, createArmContext, measureArm } from "@trivium/claims";
import { numericIdentity, type Recipe, resolveEngine } from "@trivium/compose";
import { ConfigError, type Json, TriviumError } from "@trivium/core";
import { consume } from "@trivium/trainer";
import type { CommandContext } from "../command-context.ts";
import { createArmFolder } from "./arm-folder.ts";
import { describeMachine } from "./describe-run.ts";
import { findClaims } from "./find-claims.ts";
import { planAllArms } from "./sort-arms.ts";

/** The first message to a worker. Each one after it is `{ hash }`: an arm to measure. */
export interface ArmWorkerStart extends Pick<AnalyseClaimsOptions, "request"> {
  readonly environment: Json;
  readonly claims: readonly string[];
  readonly out: string;
  readonly recipe: Recipe;
}

/** An error that an arm threw. */
export interface ArmFailure {
  readonly type: "failed";
  readonly message: string;
  /** The code of an error that was thrown on purpose. */
  readonly code?: string;
  readonly stack?: string;
}

/** A message of a worker: `ended` if results are kept, or something is lacking here. */
export type ArmWorkerEvent =
  | { readonly type: "progress"; readonly progress: ArmProgress }
  | { readonly type: "ended" }
  | ArmFailure;

/**
 * Measures arms for the process that started this one, and keeps them in the folder.
 *
 * @throws {ConfigError} `cli/arm-worker` if a person started it.
 */
export async function serveArms({ registry: load }: CommandContext): Promise<void> {
  const say = process.send?.bind(process) as ((event: ArmWorkerEvent) => void) | undefined;
  if (!say) throw new ConfigError("cli/arm-worker", "`claims arms` works for `claims run`; start that");
  process.on("disconnect", () => process.exit());
  // They reach the whole group; who started this process decides.
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
  const messages = on(process, "message");
  const [{ out, recipe, claims, ...asked }] = (await messages.next()).value as [ArmWorkerStart];
  const registry = await load(recipe.plugins);
  const { backend, attention } = resolveEngine(recipe, registry);
  await backend.activate();
  const { gemmVersion } = await numericIdentity(backend);
  const store = createArmFolder(out);
  const arms = await planAllArms({ ...asked, claims: findClaims(claims, registry) });
  const context = createArmContext(registry, attention);
  const options = { store, context, machine: describeMachine(gemmVersion) };
  for await (const [{ hash }] of messages as AsyncIterable<[{ hash: string }]>) {
    const planned = arms.get(hash);
    try {
      if (planned) await consume(measureArm(planned, options), (progress) => say({ type: "progress", progress }));
      say({ type: "ended" });
    } catch (error) {
      say(failure(error));
    }
  }
}

function failure(error: unknown): ArmFailure {
  if (TriviumError.is(error)) return { type: "failed", code: error.code, message: error.message };
  if (!(error instanceof Error)) return { type: "failed", message: String(error) };
  const { message, stack = message } = error;
  return { type: "failed", message, stack };
}

/** Returns the error that `failure` described, to be thrown again. */
export const failureOf = ({ code, message, stack }: ArmFailure): Error =>
  code === undefined ? Object.assign(new Error(message), { stack: stack ?? message }) : new TriviumError(code, message);
