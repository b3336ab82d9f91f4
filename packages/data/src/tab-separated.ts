import type { TextPair } from "@trivium/features";
import { lineError } from "./line-error.ts";
import { readLines } from "./read-lines.ts";

/**
 * Streams the pairs of a `.tsv` file: `source⇥target`, one pair a line. Empty lines are passed over.
 *
 * @throws {DataError} `data/line` for a line with no tab, several tabs, or nothing on one side of it.
 */
export async function* readTabSeparated(path: string): AsyncGenerator<TextPair, void, void> {
  for await (const line of readLines(path)) {
    if (line.text === "") continue;
    const [source, target, ...more] = line.text.split("\t");
    if (source === undefined || target === undefined)
      throw lineError(line, "expected source, tab, target; there is no tab");
    if (more.length > 0) throw lineError(line, `expected source, tab, target; there are ${more.length + 1} tabs`);
    if (source.trim() === "") throw lineError(line, "the source is empty");
    if (target.trim() === "") throw lineError(line, "the target is empty");
    yield { source, target };
  }
}
