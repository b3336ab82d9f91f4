import { ConfigError } from "@trivium/core";

/** A token that a row may go on with. */
export interface Continuation {
  readonly id: number;
  /** Nats. */
  readonly logProbability: number;
}

/** The id of the greatest logit; of equals the lowest. */
export function greatest(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if ((logits[id] as number) > (logits[best] as number)) best = id;
  return best;
}

/** The ids of the greatest `count` scores, the best first; of equals the lower id. */
export function bestIds(scores: Float32Array, count: number): number[] {
  const best: number[] = [];
  for (let id = 0; id < scores.length; id++) {
    const score = scores[id] as number;
    if (best.length === count && score <= (scores[best[count - 1] as number] as number)) continue;
    let place = best.length;
    while (place > 0 && score > (scores[best[place - 1] as number] as number)) place -= 1;
    best.splice(place, 0, id);
    if (best.length > count) best.pop();
  }
  return best;
}

/** The best `count` continuations, the best first; of equals the one with the lower id. */
export function bestContinuations(logits: Float32Array, count: number): Continuation[] {
  const best = bestIds(logits, count);
  const normaliser = logSumExp(logits, logits[best[0] as number] as number);
  return best.map((id) => ({ id, logProbability: (logits[id] as number) - normaliser }));
}

/** The log-probability of one id, nats. */
export const logProbabilityOf = (logits: Float32Array, id: number): number =>
  (logits[id] as number) - logSumExp(logits, logits[greatest(logits)] as number);

/** The log-probabilities of all ids, nats. */
export function logProbabilities(logits: Float32Array): number[] {
  const normaliser = logSumExp(logits, logits[greatest(logits)] as number);
  return Array.from(logits, (logit) => logit - normaliser);
}

/** The entropy of a distribution by its logits, nats: 0 where one token has all probability, log V where all are equal. */
export function entropyOf(logits: Float32Array): number {
  let entropy = 0;
  for (const score of logProbabilities(logits)) if (score > -Infinity) entropy -= Math.exp(score) * score;
  return entropy;
}

/** `log Σ exp(logit)`, from the greatest of them on. */
function logSumExp(logits: Float32Array, largest: number): number {
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp((logits[id] as number) - largest);
  return largest + Math.log(sum);
}

/** @throws {ConfigError} `generate/CODE` */
export function assertOption(holds: boolean, code: string, message: string): void {
  if (!holds) throw new ConfigError(`generate/${code}`, message);
}

/** @throws {ConfigError} `generate/ids` */
export function assertIds(ids: readonly number[]): void {
  const wrong = ids.find((id) => !(Number.isSafeInteger(id) && id >= 0));
  assertOption(wrong === undefined, "ids", `ids of tokens are integers from 0, got ${wrong}`);
}
