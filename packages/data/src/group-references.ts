import { isTextPair, type TextExample, type TextPair } from "@trivium/features";

/**
 * Joins pairs of the same source and task into one: its target is the first, its references are all of them without
 * repetition. Order is that of first appearance; texts without a source stay as they are.
 *
 * @example groupReferences([{ source: "a", target: "x" }, { source: "a", target: "y" }])
 *   // => [{ source: "a", target: "x", references: ["x", "y"] }]
 */
export function groupReferences(examples: readonly TextExample[]): TextExample[] {
  const grouped: TextExample[] = [];
  const places = new Map<string, number>();
  // Only what repeats takes a set: most sources of a large file stand alone.
  const several = new Map<number, Set<string>>();
  for (const example of examples) {
    const known = isTextPair(example) ? places.get(keyOf(example)) : undefined;
    if (!isTextPair(example) || known === undefined) {
      if (isTextPair(example)) places.set(keyOf(example), grouped.length);
      grouped.push(example);
      continue;
    }
    const references = several.get(known) ?? new Set(referencesOf(grouped[known] as TextPair));
    for (const reference of referencesOf(example)) references.add(reference);
    several.set(known, references);
  }
  for (const [at, references] of several) {
    const { source, target, task } = grouped[at] as TextPair;
    const pair = task === undefined ? { source, target } : { source, target, task };
    grouped[at] = references.size < 2 ? pair : { ...pair, references: [...references] };
  }
  return grouped;
}

/** The task and the source of a pair. */
const keyOf = ({ task, source }: TextPair): string => (task === undefined ? source : `${task}\n${source}`);

/** The targets of a pair that count as right, the first one first. */
export const referencesOf = ({ target, references = [] }: TextPair): string[] => [...new Set([target, ...references])];
