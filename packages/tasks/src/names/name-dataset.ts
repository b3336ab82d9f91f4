import { createDataset, type Dataset, groupReferences, splitByHash } from "@trivium/data";
import { isTextPair, type TextPair } from "@trivium/features";
import { z } from "zod";

const share = z.number().min(0).max(0.4).default(0.1);

/** Share of the names to hold out for validation and for testing, in [0, 0.4]. */
export const nameShares = { validation: share, test: share };

/**
 * A dataset of names and what they are in another language, without those that are the same. A name with several
 * translations has all of them as references. Characters are tokens, the same on both sides.
 *
 * @throws {DataError} `data/too-few` if nothing would be left to train on.
 */
export function nameDataset(
  name: string,
  pairs: readonly TextPair[],
  shares: { readonly validation: number; readonly test: number },
): Dataset {
  const different = groupReferences(pairs.filter(({ source, target }) => source !== target)).filter(isTextPair);
  const count = (part: number) => Math.round(part * different.length);
  const characters = new Set(pairs.flatMap(({ source, target }) => [...source, ...target]));
  return createDataset({
    name,
    ...splitByHash(different, { validation: count(shares.validation), test: count(shares.test) }),
    tokenizer: { name: "shared", tokenizer: { name: "character", alphabet: [...characters].sort() } },
  });
}
