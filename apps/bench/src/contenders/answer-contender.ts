import type { LanguageModel } from "@trivium/model";
import { disposeTree, type ParameterTree } from "@trivium/tensor";
import { type Contender, contenderOn, type Subject, type Work } from "../contender.ts";

export interface AnswerOptions {
  readonly work: Work;
  readonly model: LanguageModel;
  /** Belong to the contender. */
  readonly parameters: ParameterTree;
  /** Tokens of the source, and of the answer. */
  readonly source: number;
  readonly tokens: number;
}

/** Encodes a source and decodes an answer, with the logits of each token read. */
export function answerContender(subject: Subject, options: AnswerOptions): Contender {
  const { work, model, parameters, source, tokens } = options;
  const decoder = model.decoder(parameters);
  const row = (length: number) => ({ ids: new Int32Array(length).fill(1), lengths: [length], length });
  const input = { size: 1, streams: { source: row(source), target: row(1) }, prefixLengths: [0] };
  const one = Int32Array.of(1);
  return contenderOn(subject, {
    work,
    run(times) {
      for (let time = 0; time < times; time++) {
        let state = decoder.prefill(input);
        state.logits.dataSync();
        for (let token = 1; token < tokens; token++) {
          state = state.append(one, one);
          state.logits.dataSync();
        }
        state.dispose();
      }
    },
    close() {
      decoder.dispose();
      disposeTree(parameters);
    },
  });
}
