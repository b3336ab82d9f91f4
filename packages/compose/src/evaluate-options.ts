import { evaluate, type Share } from "@trivium/evaluator";
import { disposeMerged, mergeLora } from "@trivium/model";
import { type BestOptions, consume, type EvaluateOptions } from "@trivium/trainer";
import type { Prepared } from "./prepare.ts";

/** Held-out examples of an evaluation within training, and how many of them are decoded. */
const validationSize = { examples: 1024, decoded: 200 };

/**
 * The evaluation within a training, as its recipe asks for: loss and error rates on the first validation examples.
 *
 * @returns the evaluation; nothing if no example is held out.
 * @param signal - stops the evaluation, which then has no numbers.
 * @param share - the part of this process, where several evaluate together. Default: all.
 * @example train({ ...trainOptions(prepared), evaluate: evaluateOptions(prepared, signal), signal });
 */
export function evaluateOptions(prepared: Prepared, signal?: AbortSignal, share?: Share): EvaluateOptions | undefined {
  const { model, objective, data, recipe, trained, parameters: base } = prepared;
  const { tokenizer, length } = data;
  const heldOut = data.heldOut("validation").slice(0, validationSize.examples);
  if (heldOut.length === 0) return undefined;
  const decoded = Math.min(recipe.evaluation.decoded, validationSize.decoded);
  return {
    every: recipe.evaluation.every ?? Math.max(1, Math.ceil(recipe.steps / 5)),
    onFailure: recipe.evaluation.onFailure,
    best: bestOf(recipe.evaluation),
    async run(given) {
      const lora = base && trained.lora;
      const parameters = lora ? mergeLora(base, given, lora) : given;
      const { special } = tokenizer;
      const decodeTarget = (ids: readonly number[]) => tokenizer.decodeTarget(ids);
      const request = {
        model,
        parameters,
        objective,
        heldOut,
        special,
        tokenizer,
        decodeTarget,
        decoded,
        signal,
        share,
      };
      const evaluated = consume(evaluate({ ...request, maximumTokens: length }));
      const metrics = await evaluated.finally(() => lora && disposeMerged(parameters, lora));
      const { targetLoss, perplexity, bitsPerCharacter, tasks = {}, per, wer } = metrics;
      // Of a part of the examples, the numbers would stay in the run's metrics.
      const stopped = signal?.aborted ?? false;
      if (share ? (await share.gather(stopped)).includes(true) : stopped) return {};
      const rates = per === undefined || wer === undefined ? undefined : { per, wer };
      const ofTasks = Object.entries(tasks).map(
        ([task, { targetLoss }]) => [`targetLoss/${task}`, targetLoss] as const,
      );
      return { targetLoss, perplexity, bitsPerCharacter, ...Object.fromEntries(ofTasks), ...rates };
    },
  };
}

/** Early stopping goes by the loss on held-out targets where no metric is named. */
function bestOf({ best, better, keepBest: keep, patience }: Prepared["recipe"]["evaluation"]): BestOptions | undefined {
  const metric = best ?? (patience === undefined && keep === undefined ? undefined : "targetLoss");
  return metric === undefined ? undefined : { metric, better, keep, patience };
}
