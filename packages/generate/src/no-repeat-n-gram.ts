import { assertOption } from "./logits.ts";
import { byAnswer, forbid, type LogitsProcessor } from "./logits-processor.ts";

export interface NoRepeatNGramOptions {
  /** n: the number of tokens of a sequence. */
  readonly size: number;
}

/**
 * Forbids tokens that would end a sequence of `size` tokens that the prompt and the answer have already.
 *
 * @throws {ConfigError} `generate/n-gram` if the size is not a positive integer.
 * @source Paulus et al. 2017, §2.5, https://arxiv.org/abs/1705.04304; `NoRepeatNGramLogitsProcessor` of Hugging Face
 *   transformers 5.24
 * @example generate({ ...request, processors: [noRepeatNGram({ size: 3 })] })
 */
export function noRepeatNGram({ size }: NoRepeatNGramOptions): LogitsProcessor {
  assertSize(size);
  return byAnswer("no-repeat-n-gram", (scores, answer, { prompt }) => {
    const said = [...prompt, ...answer];
    forbidEnds(scores, said, beginningOf(said, size));
  });
}

/**
 * Forbids tokens that would end a sequence of `size` tokens that the source has, which an encoder read.
 *
 * @throws {ConfigError} `generate/n-gram` if the size is not a positive integer, or when a prompt has no source.
 * @source `EncoderNoRepeatNGramLogitsProcessor` of Hugging Face transformers 5.24
 * @example generate({ ...request, processors: [noRepeatSourceNGram({ size: 3 })] })
 */
export function noRepeatSourceNGram({ size }: NoRepeatNGramOptions): LogitsProcessor {
  assertSize(size);
  const processor = byAnswer("no-repeat-source-n-gram", (scores, answer, { prompt, source = [] }) =>
    forbidEnds(scores, source, beginningOf([...prompt, ...answer], size)),
  );
  return {
    name: processor.name,
    create(row) {
      const message = "sequences of the source are those that an encoder read; for one stream use noRepeatNGram";
      assertOption(row.source !== undefined, "n-gram", message);
      return processor.create(row);
    },
  };
}

const assertSize = (size: number): void =>
  assertOption(Number.isSafeInteger(size) && size > 0, "n-gram", `the size is a positive integer, got ${size}`);

/** The last tokens, which the next one ends a sequence with; undefined where there are too few. */
const beginningOf = (said: readonly number[], size: number): readonly number[] | undefined =>
  said.length < size - 1 ? undefined : said.slice(said.length - size + 1);

/** Forbids what follows a beginning, wherever it stands in a text. */
function forbidEnds(scores: Float32Array, text: readonly number[], beginning: readonly number[] | undefined): void {
  if (!beginning) return;
  for (let at = 0; at + beginning.length < text.length; at++) {
    if (beginning.every((id, offset) => id === text[at + offset]))
      forbid(scores, [text[at + beginning.length] as number]);
  }
}
