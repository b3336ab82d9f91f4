import { ConfigError, type Reason } from "@trivium/core";
import { type Example, isPair, type LossFunction, type TextExample } from "@trivium/features";
import type { Corruption, Rewritten, TextContext } from "./corruption.ts";
import type { FeatureContext, TextCoder } from "./feature-context.ts";
import type { Layout, MaskedStreams } from "./layout.ts";
import type { Objective } from "./objective.ts";
import { rawLengthOf } from "./raw-length.ts";

/** The three parts of an objective, its name, and how held-out loss is taken. */
export interface ObjectiveParts<Stream extends string, R extends Rewritten> {
  readonly name: string;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly corruption: Corruption<R>;
  readonly layout: Layout<Stream, R>;
  readonly loss: LossFunction;
  /** Factors of the loss weights of examples, by their task. Default: all are 1. */
  readonly taskWeights?: Readonly<Record<string, number>> | undefined;
  readonly scoring?: (() => Objective<Stream>) | undefined;
}

/**
 * Composes an objective of a corruption, a layout and a loss: the corruption rewrites an example, the layout puts it
 * into streams and says where loss is, and the loss is taken there.
 *
 * @example createObjective({ name: "prefix-lm", corruption: randomSplit(), layout: joined(options), loss: tokenLoss({}) })
 */
export function createObjective<Stream extends string, R extends Rewritten>(
  parts: ObjectiveParts<Stream, R>,
): Objective<Stream> {
  const { name, settings, corruption, layout, loss, taskWeights = {}, scoring } = parts;
  const apply = rewriting(corruption, "apply");
  const objective: Objective<Stream> = {
    name,
    settings,
    streams: layout.streams,
    needs: [...(corruption.needs ?? []), ...(layout.needs ?? [])],
    shows: corruption.shows ?? 0,
    supports: (architecture) => fitsLayout(name, layout, architecture),
    rawLength: rawLengthOf(name, corruption, layout),
    features(example, context) {
      const rewritten = apply(example, context);
      const task = example.task ?? ("task" in rewritten ? rewritten.task : undefined);
      const features = layout.features(rewritten, context.special);
      if (task === undefined) return features;
      const factor = taskWeights[task] ?? 1;
      const lossWeights = features.lossWeights.map((weight) => weight * factor);
      return { ...features, lossWeights, task };
    },
    loss,
    scoring,
  };
  if (!corruption.prompt || !layout.prompt) return objective;
  const begin = rewriting(corruption, "prompt");
  return {
    ...objective,
    prompt: (example, context) =>
      (layout.prompt as NonNullable<typeof layout.prompt>)(begin(example, context), context.special),
  };
}

/** A function of ids, whatever the corruption is a function of. */
function rewriting<R extends Rewritten>(corruption: Corruption<R>, step: "apply" | "prompt") {
  type Step<E, C> = (example: E, context: C) => R;
  if (corruption.level === "ids") {
    return (example: Example, context: FeatureContext) =>
      (corruption[step] as Step<Example, FeatureContext>)(example, context);
  }
  return (example: Example, context: FeatureContext) => {
    const { tokenizer } = context;
    if (!tokenizer) {
      const message = `corruption "${corruption.name}" rewrites text; give the tokenizer with the special tokens`;
      throw new ConfigError("objective/tokenizer", message);
    }
    const run = corruption[step] as Step<TextExample, TextContext>;
    return run(toText(example, tokenizer), { ...context, tokenizer });
  };
}

const toText = (example: Example, tokenizer: TextCoder): TextExample =>
  isPair(example)
    ? { source: tokenizer.decodeSource(example.source), target: tokenizer.decodeTarget(example.target) }
    : { text: tokenizer.decodeTarget(example.tokens), continues: !example.ends };

/** Whether an architecture runs exactly these streams, and the layout can be trained on its masks. */
function fitsLayout(
  name: string,
  layout: Pick<Layout, "streams" | "supports">,
  architecture: MaskedStreams,
): true | Reason {
  const { streams } = layout;
  if (architecture.streams.join() !== streams.join()) {
    return {
      code: "objective/streams",
      message: `objective "${name}" makes the streams [${streams.join(", ")}], and architecture "${architecture.name}" runs [${architecture.streams.join(", ")}]`,
    };
  }
  const answer = layout.supports?.(architecture) ?? true;
  return answer === true ? true : { ...answer, message: `objective "${name}": ${answer.message}` };
}
