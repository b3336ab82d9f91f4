import type { AttentionKernel } from "@trivium/attention";
import { type Reason, UnsupportedError } from "@trivium/core";
import { type Architecture, createModel, type LanguageModel, type ModelOptions, resolveConfig } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import type { Backend } from "@trivium/tensor";
import { leakReasons } from "./leak-reasons.ts";
import { attentionNeeds, backendNeeds } from "./needs.ts";

/** What is put together. Streams that do not fit are a compile error where their names are literal. */
export interface Parts<Stream extends string> {
  readonly architecture: Architecture<Stream>;
  readonly config: ModelOptions;
  readonly objective: Objective<NoInfer<Stream>>;
  readonly attention: AttentionKernel;
  readonly backend?: Backend;
  /** Whether examples share rows: the kernel then meets masks of packed documents. Default false. */
  readonly isPacked?: boolean;
  /** What to do when a target can be seen by its own predictor. Default `"refuse"`. */
  readonly labelLeaks?: "refuse" | "warn";
}

/** A combination that works. */
export interface Composition {
  readonly works: true;
  readonly model: LanguageModel;
  readonly objective: Objective;
  readonly backend: Backend | undefined;
  /** What works but deserves a look. */
  readonly warnings: readonly Reason[];
}

/** A combination that cannot work, with every reason found. */
export interface Refusal {
  readonly works: false;
  readonly reasons: readonly Reason[];
}

/**
 * Puts an architecture, an objective, an attention kernel and a backend together, or says why they cannot work.
 *
 * Each part is asked, nothing is guessed and nothing falls back: the objective whether its streams are the
 * architecture's, the kernel about its masks, the backend about the ops. Then the masks and the objective's own
 * features go through the label-leak analysis.
 *
 * @throws {ConfigError} `model/config` if the configuration itself is wrong.
 * @example compose({ architecture: causal, config: { vocabulary: 64 }, objective: causalLm(), attention: reference() }).works // => true
 */
export function compose<const Stream extends string>(parts: Parts<Stream>): Composition | Refusal {
  const { architecture, objective, attention, backend, labelLeaks = "refuse", isPacked = false } = parts;
  const config = resolveConfig(architecture, parts.config);
  const fits = objective.supports(architecture);
  if (fits !== true) return { works: false, reasons: [fits] };
  const answers = [
    attention.supports(attentionNeeds(architecture, config, isPacked)),
    backend?.supports?.(backendNeeds(config)) ?? true,
  ];
  const leaks = leakReasons(architecture, config, objective);
  const reasons = answers.filter((answer): answer is Reason => answer !== true);
  if (labelLeaks === "refuse") reasons.push(...leaks);
  if (reasons.length > 0) return { works: false, reasons };
  const model = createModel({ architecture, config: parts.config, attention });
  return { works: true, model, objective, backend, warnings: leaks };
}

/** The composition itself. @throws {UnsupportedError} `compose/refused`, with every reason. */
export function composeOrThrow<const Stream extends string>(parts: Parts<Stream>): Composition {
  const composed = compose(parts);
  if (composed.works) return composed;
  const reasons = composed.reasons.map(({ message }) => message).join("; ");
  throw new UnsupportedError("compose/refused", `this combination cannot work: ${reasons}`, {
    details: { reasons: composed.reasons },
  });
}
