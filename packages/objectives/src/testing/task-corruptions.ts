import { DataError, type Random } from "@trivium/core";
import { type Example, isPair, isTextPair, type TextExample } from "@trivium/features";
import { reservedSpecials, type SpecialTokens } from "@trivium/text";
import type { IdCorruption, InPlaceExample, SplitExample, TextCorruption } from "../corruption.ts";
import type { FeatureContext } from "../feature-context.ts";

/** Our reserved special tokens, with the further ones that the corruptions of this file need; 19 ids suffice. */
export const taskSpecials: SpecialTokens = {
  ...reservedSpecials(),
  mask: 15,
  sentinels: [18, 17, 16],
  named: { ...reservedSpecials().named, "fim-prefix": 12, "fim-suffix": 13, "fim-middle": 14 },
};

const refuse = (name: string) => new DataError("objective/example", `${name} rewrites texts, not pairs`);

/**
 * T5's span corruption: spans of the text give way to sentinels, and the target spells the spans behind their sentinels.
 *
 * @source Raffel et al. 2020, §3.1.4, https://arxiv.org/abs/1910.10683; segments as `random_spans_helper` draws them
 */
export const spanCorruption = ({ density = 0.15, mean = 3 } = {}): IdCorruption<SplitExample> => ({
  name: "span-corruption",
  level: "ids",
  needs: ["sentinels"],
  rawLength(window) {
    let length = window;
    while (corruptedLength(length + 1) <= window) length += 1;
    return length;

    // Of the source, with its end.
    function corruptedLength(raw: number): number {
      const noise = Math.round(raw * density);
      return raw - noise + Math.round(noise / mean) + 1;
    }
  },
  apply(example: Example, { special, random }: FeatureContext) {
    if (isPair(example)) throw refuse("span-corruption");
    const { tokens } = example;
    const sentinels = special.sentinels ?? [];
    const noise = Math.min(tokens.length - 1, Math.max(1, Math.round(tokens.length * density)));
    const spans = Math.min(noise, tokens.length - noise, sentinels.length - 1, Math.max(1, Math.round(noise / mean)));
    const [kept, removed] = [segments(tokens.length - noise, spans, random), segments(noise, spans, random)];
    const [source, target]: [number[], number[]] = [[], []];
    let at = 0;
    for (let span = 0; span < spans; span++) {
      const [start, sentinel] = [at + (kept[span] as number), sentinels[span] as number];
      const end = start + (removed[span] as number);
      source.push(...tokens.slice(at, start), sentinel);
      target.push(sentinel, ...tokens.slice(start, end));
      at = end;
    }
    return { source, target: [...target, sentinels[spans] as number], ends: true };
  },
});

/** A length cut into so many positive parts. */
function segments(length: number, parts: number, random: Random): number[] {
  const places = random.shuffle(Array.from({ length: length - 1 }, (_, at) => at + 1)).slice(0, parts - 1);
  const cuts = [0, ...places.sort((a, b) => a - b), length];
  return cuts.slice(1).map((cut, part) => cut - (cuts[part] as number));
}

/**
 * Fill-in-the-middle at character level, in the order prefix, suffix, middle. The prompt of a pair has its source before
 * the hole and its target behind the hole.
 *
 * @source Bavarian et al. 2022, §3, https://arxiv.org/abs/2207.14255
 */
export const fillInTheMiddle = (): TextCorruption<SplitExample> => ({
  name: "fill-in-the-middle",
  level: "text",
  needs: ["fim-prefix", "fim-suffix", "fim-middle"],
  apply(example: TextExample, { special, tokenizer, random }) {
    if (isTextPair(example)) throw refuse("fill-in-the-middle");
    const characters = [...example.text];
    const start = random.integer(characters.length);
    const end = start + 1 + random.integer(characters.length - start);
    const encode = (from: number, to: number) => tokenizer.encodeTarget(characters.slice(from, to).join(""));
    return {
      source: around(encode(0, start), encode(end, characters.length), special),
      target: encode(start, end),
      between: [],
      ends: true,
    };
  },
  prompt(example: TextExample, { special, tokenizer }) {
    const [before, behind] = isTextPair(example) ? [example.source, example.target] : [example.text, ""];
    const source = around(tokenizer.encodeTarget(before), tokenizer.encodeTarget(behind), special);
    return { source, target: [], between: [], ends: false };
  },
});

function around(prefix: readonly number[], suffix: readonly number[], { named }: SpecialTokens): number[] {
  const [before, behind, middle] = ["fim-prefix", "fim-suffix", "fim-middle"].map((name) => named[name] as number);
  return [before as number, ...prefix, behind as number, ...suffix, middle as number];
}

/**
 * BERT's masking: a share of the tokens is predicted in place; of these 80 % are masked, 10 % are random and 10 % kept.
 *
 * @source Devlin et al. 2019, §3.1, https://arxiv.org/abs/1810.04805
 */
export const masking = ({ density = 0.15 } = {}): IdCorruption<InPlaceExample> => ({
  name: "masking",
  level: "ids",
  needs: ["mask"],
  shows: 0.1,
  apply(example: Example, { special, tokenizer, random }: FeatureContext) {
    if (isPair(example)) throw refuse("masking");
    const { tokens } = example;
    const places = random.shuffle([...tokens.keys()]).slice(0, Math.max(1, Math.round(tokens.length * density)));
    const ids = [...tokens];
    for (const at of places) {
      const draw = random.uniform();
      if (draw < 0.8) ids[at] = special.mask as number;
      else if (draw < 0.9) ids[at] = random.integer(tokenizer?.size ?? 1);
    }
    return { ids, labels: tokens, weights: tokens.map((_, at) => (places.includes(at) ? 1 : 0)) };
  },
});
