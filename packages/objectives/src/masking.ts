import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { corruption, type IdCorruption, type InPlaceExample } from "./corruption.ts";
import { textOf } from "./text-of.ts";

/** The options of {@link masking}. */
export const maskingOptions = {
  /** The share of tokens that is predicted, in (0, 1]. */
  density: z.number().gt(0).max(1).default(0.15),
  /** The share of the predicted tokens that is replaced by a random token of the vocabulary. */
  random: z.number().min(0).max(1).default(0.1),
  /** The share of the predicted tokens that stays in sight. */
  kept: z.number().min(0).max(1).default(0.1),
};
const schema = z.strictObject(maskingOptions);

/**
 * Returns BERT's corruption: a share of the tokens is predicted in place. Of these, 80 % are masked, 10 % are replaced by
 * a random token and 10 % are kept. The share that is kept is declared as shown (`shows`).
 *
 * A text of `n` tokens has `round(n · density)` predicted ones, at least one; every choice of so many places is equally
 * likely. Random tokens are uniform over the ids of the tokenizer, special tokens included; without a tokenizer these
 * places are masked too. A random token equals the label with probability 1 / vocabulary.
 *
 * @throws {ConfigError} `objective/options`.
 * @throws {DataError} `objective/example` from `apply` for a pair, and for an empty text.
 * @source Devlin et al. 2019, §3.1, https://arxiv.org/abs/1810.04805
 * @example
 * ```text
 * text 10 … 15, density 0.5: three tokens are predicted; 11 is masked, 13 is replaced by 77, 14 is kept
 * ids      10 MASK 12 77 14 15
 * labels   10   11 12 13 14 15
 * weights   0    1  0  1  1  0
 * ```
 */
export function masking(options: z.input<typeof schema> = {}): IdCorruption<InPlaceExample> {
  const checked = schema.refine(({ random, kept }) => random + kept <= 1, "random and kept are at most 1 together");
  const settings = validateWith(checked, options, { code: "objective/options", what: "masking" });
  return {
    name: "masking",
    settings,
    level: "ids",
    needs: ["mask"],
    shows: settings.kept,
    lengths: (raw) => [{ source: raw, target: raw }],
    apply(example, { special, tokenizer, random }) {
      const { tokens } = textOf(example, "masking", 1);
      const ids = [...tokens];
      const weights = tokens.map(() => 0);
      const count = Math.max(1, Math.round(tokens.length * settings.density));
      for (const at of random.shuffle([...tokens.keys()]).slice(0, count)) {
        weights[at] = 1;
        const draw = random.uniform();
        const isRandom = tokenizer !== undefined && draw >= 1 - settings.random - settings.kept;
        if (draw < 1 - settings.kept) ids[at] = isRandom ? random.integer(tokenizer.size) : (special.mask as number);
      }
      return { ids, labels: tokens, weights };
    },
  };
}

/** The plugin of {@link masking}. */
export const maskingPlugin = corruption("masking", masking, {
  description: "BERT's masking: a share of the tokens is predicted in place; some are random, some are kept.",
  schema,
});
