import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { corruption, type IdCorruption, type SplitExample } from "./corruption.ts";
import { spans } from "./spans.ts";
import { textOf } from "./text-of.ts";

/** The options of {@link denoisers}. */
export const denoiserOptions = {
  /** The weights of the regular, the sequential and the extreme denoisers. */
  rates: z
    .strictObject({ r: z.number().min(0), s: z.number().min(0), x: z.number().min(0) })
    .refine(({ r, s, x }) => r + s + x > 0, "one of the rates is positive")
    .default({ r: 2, s: 1, x: 4 }),
};
const schema = z.strictObject(denoiserOptions);

/** The spans of the regular and of the extreme denoisers. */
const settingsOf = {
  r: [spans({ meanLength: 3, density: 0.15 }), spans({ meanLength: 8, density: 0.15 })],
  x: [
    spans({ meanLength: 3, density: 0.5 }),
    spans({ meanLength: 8, density: 0.5 }),
    spans({ meanLength: 64, density: 0.15 }),
    spans({ meanLength: 64, density: 0.5 }),
  ],
};

/**
 * Returns UL2's mixture of denoisers: a text is rewritten by one of seven, and a token before it names the mode.
 *
 * - R, regular: spans of mean length 3 or 8, of which 15 % of the text consists.
 * - S, sequential: the end of the text is predicted, a quarter of it in the mean: of `n` tokens uniformly
 *   1 … 2m − 1 with `m = round(n / 4)`, so that the mean is `m` itself.
 * - X, extreme: spans of mean length 3 or 8 that are half of the text, or of 64 that are 15 % or half of it.
 *
 * The denoisers of a mode are equally likely, and with the default rates so are all seven.
 *
 * @throws {ConfigError} `objective/options`; `objective/sentinels` from `apply` if the vocabulary has fewer than spans.
 * @throws {DataError} `objective/example` from `apply` for a pair, and for an empty text.
 * @source Tay et al. 2023, §3.1 and table 1, https://arxiv.org/abs/2205.05131; the mean of S is misplaced in
 *   https://github.com/NVIDIA/Megatron-LM/pull/268
 * @example
 * ```text
 * text 10 … 17
 * R  source 10 11 12 13 14 15 16 S   target S 17      task ul2-r
 * S  source 10 11 12 13 14 15        target 16 17     task ul2-s
 * X  source 10 11 12 13 S            target S 14 15 16 17   task ul2-x
 * ```
 */
export function denoisers(options: z.input<typeof schema> = {}): IdCorruption<SplitExample> {
  const settings = validateWith(schema, options, { code: "objective/options", what: "denoisers" });
  const { r, s, x } = settings.rates;
  const spanned = [...(r > 0 ? settingsOf.r : []), ...(x > 0 ? settingsOf.x : [])];
  return {
    name: "denoisers",
    settings,
    level: "ids",
    needs: ["sentinels", "ul2-r", "ul2-s", "ul2-x"],
    lengths: (raw) =>
      [
        ...spanned.flatMap(({ lengths }) => lengths?.(raw) ?? []),
        { source: raw - 1, target: 1 },
        { source: 1, target: raw - 1 },
      ].map(({ source, target }) => ({ source: source + 1, target })),
    apply(example, context) {
      const { random } = context;
      const { tokens, ends = false } = textOf(example, "UL2's mixture", 1);
      const draw = random.uniform() * (r + s + x);
      if (draw >= r && draw < r + s) {
        const mean = Math.max(1, Math.round(tokens.length / 4));
        const cut = tokens.length - 1 - random.integer(2 * mean - 1);
        return { source: tokens.slice(0, cut), target: tokens.slice(cut), ends, task: "ul2-s" };
      }
      const mode = draw < r ? "r" : "x";
      const chosen = settingsOf[mode][random.integer(settingsOf[mode].length)] as (typeof settingsOf.r)[number];
      return { ...chosen.apply(example, context), task: `ul2-${mode}` };
    },
    prompt: (example) => ({
      source: "tokens" in example ? example.tokens : example.source,
      target: [],
      ends: false,
      task: "ul2-s",
    }),
  };
}

/** The plugin of {@link denoisers}. */
export const denoisersPlugin = corruption("denoisers", denoisers, {
  description: "UL2's mixture: regular, sequential and extreme denoisers, each with its mode token.",
  schema,
});
