import type { TextPair } from "@trivium/features";

/** Pairs that are looked at. */
const SAMPLE = 100;

/** Looks at the first pairs of a table, whether its fields stand in quotes as those of CSV files do. */
export function createQuoteDoubt(): { look(pair: TextPair): void; found(path: string): string[] } {
  let [pairs, quoted] = [0, 0];
  return {
    look({ source, target }) {
      if (pairs === SAMPLE) return;
      pairs += 1;
      if (isQuoted(source) && isQuoted(target)) quoted += 1;
    },
    found: (path) =>
      pairs > 0 && quoted === pairs
        ? [
            `the fields of ${path} stand in quotes, which are read as text; write the file without quotes to be rid of them`,
          ]
        : [],
  };
}

const isQuoted = (text: string): boolean => text.length > 1 && text.startsWith('"') && text.endsWith('"');
