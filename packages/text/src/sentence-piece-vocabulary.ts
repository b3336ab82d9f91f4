import type { TokenizerDefinition } from "./hugging-face.ts";
import { type Piece, type SentencePieceModel, sentencePieceDefinition } from "./sentence-piece.ts";

/** A character that no text has: it begins tokens that another SentencePiece model cuts, so that this one does not. */
const FOREIGN = "\u{F0004}";

/**
 * Returns the `tokenizer.json` of a SentencePiece model whose tokens have the ids of a vocabulary beside it, as Marian's
 * `source.spm` and `target.spm` share one `vocab.json`. Tokens of the vocabulary that the model lacks are decoded, and a
 * text has them only where the model knows nothing of it. Tokens of the model that the vocabulary lacks are left out.
 *
 * A name of a language, `>>fra<<`, is one token wherever it stands in a text.
 *
 * @param vocabulary - ids by token. No id may be far above their number: there is a place for each one below the greatest.
 * @source `MarianTokenizer` of Hugging Face transformers 5.24
 */
export function sharedVocabularyDefinition(
  model: SentencePieceModel,
  vocabulary: Readonly<Record<string, number>>,
): TokenizerDefinition {
  const own = new Map(model.pieces.map((piece) => [piece.text, piece]));
  const entries = Object.entries(vocabulary);
  const size = entries.reduce((most, [, id]) => Math.max(most, id + 1), 0);
  const pieces = Array.from({ length: size }, (_, id) => foreign(String(id)));
  for (const [text, id] of entries) pieces[id] = own.get(text) ?? named(text);
  const { decoder, ...definition } = sentencePieceDefinition({ ...model, pieces });
  const surfaces = Object.fromEntries(entries.filter(([, id]) => pieces[id]?.kind === "unused"));
  const uncovered = { type: "Replace", pattern: { String: FOREIGN }, content: "" };
  const whole = { ...definition, model: { ...definition.model, surfaces } };
  return { ...whole, decoder: { type: "Sequence", decoders: [uncovered, decoder] } };
}

/** A score of 0 changes no least score, by which unknown characters are measured. */
const foreign = (text: string): Piece => ({ text: FOREIGN + text, score: 0, kind: "unused" });

function named(text: string): Piece {
  if (/^>>.+<<$/.test(text)) return { text, score: 0, kind: "user" };
  return text === "<pad>" ? { text, score: 0, kind: "control" } : foreign(text);
}
