import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError, UnsupportedError } from "@trivium/core";
import type { Backend } from "@trivium/tensor";
import type { Plugins } from "../load-registry.ts";
import type { Output } from "../output.ts";
import type { TrainSettings } from "../settings.ts";
import { chromeTrace } from "./chrome-trace.ts";
import { type ProfileSummary, summariseProfile } from "./profile-summary.ts";
import { createStepProfiler, type StepProfiler } from "./step-profiler.ts";
import { parseStepRange } from "./step-range.ts";

/** The profile of a training, as `--profile` asks for. */
export interface TrainingProfile extends Pick<StepProfiler, "onPhase" | "stop"> {
  /** Writes the trace as soon as all steps are there. */
  writeIfComplete(): void;
  /** Writes what there is, if that was not done yet, and sums it up; undefined if no step was watched. */
  finish(output: Output): (ProfileSummary & { readonly file: string }) | undefined;
}

/**
 * Watches steps of a training for `--profile`, and writes them as a Chrome trace.
 *
 * @throws {UnsupportedError} `cli/profile` if the backend has no profile. @throws {ConfigError} `cli/profile-steps`; later
 *   `cli/profile-file` if the file cannot be written.
 */
export function createTrainingProfile(
  { profile, profileSteps }: Pick<TrainSettings, "profile" | "profileSteps">,
  directory: string,
  { backend, registry }: { readonly backend: Backend; readonly registry: Plugins },
): TrainingProfile | undefined {
  if (profile === false) return undefined;
  const file = profile === true ? join(directory, "profile.json") : profile;
  const range = parseStepRange(profileSteps);
  const profiler = createStepProfiler(requireProfile(backend, registry), range);
  let written = 0;
  const write = () => {
    if (profiler.steps.length === written) return;
    written = profiler.steps.length;
    writeTrace(file, JSON.stringify(chromeTrace(profiler.steps)));
  };
  return {
    onPhase: profiler.onPhase,
    stop: profiler.stop,
    writeIfComplete: () => void (profiler.isComplete() && write()),
    finish(output) {
      profiler.stop();
      if (profiler.steps.length === 0) {
        output.note(`no step was profiled: the run ended before step ${range.first}; see --profile-steps`);
        return undefined;
      }
      write();
      return { file, ...summariseProfile(profiler.steps) };
    },
  };
}

function requireProfile(backend: Backend, registry: Plugins): Required<Pick<Backend, "profile">> {
  const { profile } = backend;
  if (profile) return { profile: () => profile.call(backend) };
  const others = registry.list("backend").filter(({ create }) => (create as Backend).profile);
  const message = `backend "${backend.name}" has no profile; backends that have one: ${others.map(({ name }) => name).join(", ")}`;
  throw new UnsupportedError("cli/profile", message, { details: { backend: backend.name } });
}

function writeTrace(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : cause;
    throw new ConfigError("cli/profile-file", `cannot write the profile to ${file}: ${problem}`, { cause });
  }
}
