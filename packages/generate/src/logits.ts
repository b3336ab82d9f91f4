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

/** The best `count` continuations, the best first; of equals the one with the lower id. */
export function bestContinuations(logits: Float32Array, count: number): Continuation[] {
  const best: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] as number;
    if (best.length === count && logit <= (logits[best[count - 1] as number] as number)) continue;
    let place = best.length;
    while (place > 0 && logit > (logits[best[place - 1] as number] as number)) place -= 1;
    best.splice(place, 0, id);
    if (best.length > count) best.pop();
  }
  const normaliser = logSumExp(logits, logits[best[0] as number] as number);
  return best.map((id) => ({ id, logProbability: (logits[id] as number) - normaliser }));
}

/** The log-probability of one id, nats. */
export const logProbabilityOf = (logits: Float32Array, id: number): number =>
  (logits[id] as number) - logSumExp(logits, logits[greatest(logits)] as number);

/** `log Σ exp(logit)`, from the greatest of them on. */
function logSumExp(logits: Float32Array, largest: number): number {
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp((logits[id] as number) - largest);
  return largest + Math.log(sum);
}

/** The ids from the greatest logit to the least; of equals the lower id first. */
export const ranked = (logits: Float32Array): number[] =>
  Array.from(logits, (_, id) => id).sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);

/** @throws {ConfigError} `generate/CODE` */
export function assertOption(holds: boolean, code: string, message: string): void {
  if (!holds) throw new ConfigError(`generate/${code}`, message);
}
