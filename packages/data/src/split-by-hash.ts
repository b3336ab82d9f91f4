import { createSha256, DataError } from "@trivium/core";
import { isTextPair, type TextExample } from "@trivium/features";

/** Examples in three parts, each in the order of the hashes of their sources. */
export interface Split {
  readonly train: readonly TextExample[];
  readonly validation: readonly TextExample[];
  readonly test: readonly TextExample[];
}

/**
 * Splits examples by the SHA-256 of their source (or text): the last `test` sources in that order are the test part,
 * the `validation` before them the validation part. Every example of a source is in the same part, and neither the
 * order of the file nor a seed has any influence.
 *
 * @param counts - how many sources to hold out.
 * @throws {DataError} `data/too-few` if nothing would be left to train on.
 * @example splitByHash(examples, { validation: 100, test: 100 })
 */
export function splitByHash(examples: readonly TextExample[], counts: { validation: number; test: number }): Split {
  const bySource = new Map<string, TextExample[]>();
  for (const example of examples) {
    const key = isTextPair(example) ? example.source : example.text;
    const same = bySource.get(key);
    if (same) same.push(example);
    else bySource.set(key, [example]);
  }
  const hash = createSha256();
  const byDigest = new Map(Array.from(bySource, ([key, same]) => [hash.update(key).digest(), same]));
  const ordered = [...byDigest.keys()].sort();
  const validationStart = ordered.length - counts.test - counts.validation;
  if (validationStart < 1) {
    const wanted = `${counts.validation} for validation and ${counts.test} for testing`;
    throw new DataError("data/too-few", `${ordered.length} different sources are too few to hold out ${wanted}`, {
      details: { sources: ordered.length, ...counts },
    });
  }
  const testStart = ordered.length - counts.test;
  const part = (start: number, end: number) =>
    ordered.slice(start, end).flatMap((digest) => byDigest.get(digest) as TextExample[]);
  return {
    train: part(0, validationStart),
    validation: part(validationStart, testStart),
    test: part(testStart, ordered.length),
  };
}
