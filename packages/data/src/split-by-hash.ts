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
 * @example splitByHash((await cmudict()).train, { validation: 100, test: 100 })
 */
export function splitByHash(examples: readonly TextExample[], counts: { validation: number; test: number }): Split {
  const { sources, sourceOf } = sourcesOf(examples);
  const ranks = ranksOf(sources);
  const validationStart = sources.length - counts.test - counts.validation;
  if (validationStart < 1) {
    const wanted = `${counts.validation} for validation and ${counts.test} for testing`;
    throw new DataError("data/too-few", `${sources.length} different sources are too few to hold out ${wanted}`, {
      details: { sources: sources.length, ...counts },
    });
  }
  const testStart = sources.length - counts.test;
  const rankOf = (at: number) => ranks[sourceOf[at] as number] as number;
  const ordered = Uint32Array.from(examples.keys()).sort((one, other) => rankOf(one) - rankOf(other) || one - other);
  const places = [0, validationStart, testStart].map((rank) => ordered.findIndex((at) => rankOf(at) >= rank));
  const [, validation, test] = places.map((place) => (place === -1 ? ordered.length : place)) as [0, number, number];
  const part = (start: number, end?: number) =>
    Array.from(ordered.subarray(start, end), (at) => examples[at] as TextExample);
  return { train: part(0, validation), validation: part(validation, test), test: part(test) };
}

/** The different sources in order of appearance, and the index of each example's source. */
function sourcesOf(examples: readonly TextExample[]) {
  const places = new Map<string, number>();
  const sourceOf = Uint32Array.from(examples, (example) => {
    const key = isTextPair(example) ? example.source : example.text;
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    return place;
  });
  return { sources: [...places.keys()], sourceOf };
}

/** Place of each source in the order of the hashes. Their beginnings decide, and take an eighth of the memory. */
function ranksOf(sources: readonly string[]): Uint32Array {
  const hash = createSha256();
  const digest = (at: number) => hash.update(sources[at] as string).digest();
  const beginnings = Float64Array.from(sources.keys(), (at) => Number.parseInt(digest(at).slice(0, 13), 16));
  const compare = (one: number, other: number) =>
    (beginnings[one] as number) - (beginnings[other] as number) || (digest(one) < digest(other) ? -1 : 1);
  const ranks = new Uint32Array(sources.length);
  for (const [rank, at] of Uint32Array.from(sources.keys()).sort(compare).entries()) ranks[at] = rank;
  return ranks;
}
