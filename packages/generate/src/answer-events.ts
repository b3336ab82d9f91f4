import type { AnswerText } from "./answer-text.ts";
import type { FinishedEvent, FinishReason, GenerateEvent } from "./generate-event.ts";
import type { Stop, StopRule } from "./stop-rule.ts";
import type { TokenScore } from "./token-scores.ts";

export interface AnswerEventsOptions {
  readonly index: number;
  readonly sample: number;
  readonly rules: readonly StopRule[];
  /** Undefined where no text is asked for. */
  readonly text: AnswerText | undefined;
}

type Ending = Pick<Stop, "kept"> & Pick<FinishedEvent, "logProbability">;

/** One answer as events: its tokens and its text, until it ends or a rule ends it. */
export class AnswerEvents {
  readonly #options: AnswerEventsOptions;
  readonly #ids: number[] = [];
  #over = false;

  constructor(options: AnswerEventsOptions) {
    this.#options = options;
  }

  get over(): boolean {
    return this.#over;
  }

  get place() {
    return { index: this.#options.index, sample: this.#options.sample };
  }

  /** Takes a token that is part of the answer for good. */
  *accept(id: number, score?: TokenScore): Generator<GenerateEvent> {
    const { text, rules } = this.#options;
    this.#ids.push(id);
    yield { type: "token", ...this.place, id, logProbability: score?.logProbability, top: score?.top };
    const spelled = text?.of(this.#ids) ?? "";
    for (const { check } of rules) {
      const stop = check?.({ ids: this.#ids, text: spelled });
      if (stop) return yield* this.finish(stop.reason, { kept: stop.kept });
    }
    const shown = text?.next(spelled) ?? "";
    if (shown !== "") yield { type: "text", ...this.place, text: shown };
  }

  *finish(reason: FinishReason, { kept, logProbability }: Ending = {}): Generator<GenerateEvent> {
    const { text } = this.#options;
    this.#over = true;
    const rest = text?.rest(text.of(this.#ids).slice(0, kept)) ?? "";
    if (rest !== "") yield { type: "text", ...this.place, text: rest };
    yield { type: "finished", ...this.place, reason, logProbability };
  }
}
