import type { LanguageModel } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import type { ParameterTree } from "@trivium/tensor";
import { type PairTokenizer, silentIds } from "@trivium/text";

/** Models that were opened, with a text that they can read. */
export interface HeldModels {
  readonly models: readonly HeldModel[];
  readonly sample: string;
  readonly warnings: readonly string[];
}

/** A trained model with what it reads and writes. */
export interface HeldModel {
  readonly name: string;
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
  readonly tokenizer: PairTokenizer;
  readonly objective: Objective;
  /** The form of its examples: sources with targets, or texts. */
  readonly task: "pairs" | "text";
}

/** Names of special tokens that leave room for other labels. */
const shortNames: Readonly<Record<string, string>> = { separator: "sep" };

/**
 * Returns the text at a position of a picture for each id: what the id spells, with visible blanks, or the name of a
 * special token.
 */
export function labelsOf({ special, decodeTarget, decodeSource }: PairTokenizer): (id: number) => string {
  const silent = silentIds(special);
  const names = new Map(Object.entries(special.named).map(([name, id]) => [id, shortNames[name] ?? name]));
  for (const id of special.end) names.set(id, "end");
  if (special.pad !== undefined && !names.has(special.pad)) names.set(special.pad, "pad");
  return (id) => {
    if (id === special.unknown) return "⟨unk⟩";
    if (silent.has(id)) return `⟨${names.get(id) ?? id}⟩`;
    const target = decodeTarget([id]);
    const text = target.includes("\uFFFD") ? decodeSource([id]) : target;
    return text.replace(/\s/g, "␣") || `⟨${id}⟩`;
  };
}
