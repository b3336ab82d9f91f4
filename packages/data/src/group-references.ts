import { isTextPair, type TextExample, type TextPair } from "@trivium/features";

/**
 * Joins pairs of the same source into one: its target is the first, its references are all of them without
 * repetition. Order is that of first appearance; texts without a source stay as they are.
 *
 * @example groupReferences([{ source: "a", target: "x" }, { source: "a", target: "y" }])
 *   // => [{ source: "a", target: "x", references: ["x", "y"] }]
 */
export function groupReferences(examples: readonly TextExample[]): TextExample[] {
  const targets = new Map<string, Set<string>>();
  const firsts: TextExample[] = [];
  for (const example of examples) {
    if (!isTextPair(example)) {
      firsts.push(example);
      continue;
    }
    const known = targets.get(example.source);
    const references = [example.target, ...(example.references ?? [])];
    if (known) for (const reference of references) known.add(reference);
    else {
      targets.set(example.source, new Set(references));
      firsts.push(example);
    }
  }
  return firsts.map((example) => {
    const references = isTextPair(example) ? [...(targets.get(example.source) as Set<string>)] : [];
    if (references.length < 2) return example;
    const { source, target } = example as TextPair;
    return { source, target, references };
  });
}
