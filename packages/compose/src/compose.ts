import type { AttentionKernel } from "@trivium/attention";
import { type Reason, UnsupportedError } from "@trivium/core";
import { type Architecture, createModel, type LanguageModel, type ModelOptions, resolveConfig } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import type { Backend } from "@trivium/tensor";
import { hasSpecial, type PairTokenizer, reservedSpecials, type SpecialTokens } from "@trivium/text";
import { ignoredWindows } from "./ignored-windows.ts";
import { leakReasons } from "./leak-reasons.ts";
import { attentionNeeds } from "./needs.ts";

/** The parts of a composition. Streams that do not fit are a compile error where their names are literal. */
export interface Parts<Stream extends string> {
  readonly architecture: Architecture<Stream>;
  readonly config: ModelOptions;
  readonly objective: Objective<NoInfer<Stream>>;
  readonly attention: AttentionKernel;
  readonly backend?: Backend | undefined;
  /** The tokenizer of the data. Default: not known, so special tokens that it may lack are not looked for. */
  readonly tokenizer?: Pick<PairTokenizer, "name" | "special"> | undefined;
  /** True if examples share rows: the kernel then meets masks of packed documents. Default false. */
  readonly isPacked?: boolean | undefined;
  /** The answer to more labels in sight of their own predictors than the objective declares. Default `"refuse"`. */
  readonly labelLeaks?: "refuse" | "warn" | undefined;
}

/** A combination that works. */
export interface Composition {
  readonly works: true;
  readonly model: LanguageModel;
  readonly objective: Objective;
  readonly backend: Backend | undefined;
  /** Findings that do not keep it from working. */
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
 * Each part is asked, nothing is guessed and nothing falls back: the objective whether it fits the architecture's
 * streams and masks, the tokenizer about the special tokens, the kernel about the masks and the backend. Then the masks
 * and the objective's own features go through the label-leak analysis.
 *
 * @throws {ConfigError} `model/config` if the configuration itself is wrong.
 * @example compose({ architecture: causal, config: { vocabulary: 64 }, objective: causalLm(), attention: reference() }).works // => true
 */
export function compose<const Stream extends string>(parts: Parts<Stream>): Composition | Refusal {
  const { architecture, objective, attention, backend, tokenizer, labelLeaks = "refuse" } = parts;
  const config = resolveConfig(architecture, parts.config);
  const fits = objective.supports(architecture);
  if (fits !== true) return { works: false, reasons: [fits] };
  const missing = tokenizer ? missingTokens(objective, tokenizer) : [];
  if (missing.length > 0) return { works: false, reasons: missing };
  const answer = attention.supports(attentionNeeds(architecture, config, parts));
  const special = tokenizer?.special ?? standIn(objective);
  const leaks = leakReasons({ architecture, config, objective, special });
  const reasons: Reason[] = ignoredWindows(architecture, config);
  if (answer !== true) reasons.unshift(answer);
  if (labelLeaks === "refuse") reasons.push(...leaks);
  if (reasons.length > 0) return { works: false, reasons };
  const model = createModel({ architecture, config: parts.config, attention });
  return { works: true, model, objective, backend, warnings: leaks };
}

/** The composition itself. @throws {UnsupportedError} `compose/refused`, with every reason. */
export function composeOrThrow<const Stream extends string>(parts: Parts<Stream>): Composition {
  const composed = compose(parts);
  if (composed.works) return composed;
  const { reasons } = composed;
  const message = `this combination cannot work: ${reasons.map((reason) => reason.message).join("; ")}`;
  throw new UnsupportedError("compose/refused", message, { details: { reasons } });
}

/** Special tokens with everything that an objective needs: where labels leak does not depend on their ids. */
function standIn({ needs = [] }: Objective): SpecialTokens {
  const special = reservedSpecials();
  const named = Object.fromEntries(needs.map((need, index) => [need, 1000 + index]));
  const sentinels = Array.from({ length: 100 }, (_, index) => 2000 - index);
  return { ...special, mask: 999, sentinels, named: { ...named, ...special.named } };
}

/** The special tokens and parts of the frame that an objective needs and a tokenizer lacks, a reason each. */
function missingTokens(
  { name, needs = [] }: Pick<Objective, "name" | "needs">,
  tokenizer: Pick<PairTokenizer, "name" | "special">,
): Reason[] {
  const lacking = [...new Set(needs)].filter((need) => !hasSpecial(tokenizer.special, need));
  return lacking.map((need) => ({
    code: "compose/special-token",
    message: `objective "${name}" needs ${wordsFor(need)}, and tokenizer "${tokenizer.name}" has none${remedyFor(need)}`,
  }));
}

/** The option with which our own tokenizers have a token; frames are the vocabulary's own. */
function remedyFor(need: string): string {
  if (need.startsWith("frame.")) return "";
  const special = need === "mask" ? { mask: true } : need === "sentinels" ? { sentinels: 100 } : { named: [need] };
  return `; byte, character and symbol take --tokenizer-options '${JSON.stringify({ special })}'`;
}

function wordsFor(need: string): string {
  if (need === "frame.joined") return "a frame for source and target in one stream (frame.joined)";
  if (need.startsWith("frame.")) return `a frame for a ${need.slice(6)} in a stream of its own (${need})`;
  return `the special token "${need}"`;
}
