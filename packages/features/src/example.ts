/** A source and its target as text, with every target that counts as right (the target is the first). */
export interface TextPair {
  readonly source: string;
  readonly target: string;
  readonly references?: readonly string[];
}

/** Text without a source: language modelling. */
export interface PlainText {
  readonly text: string;
}

/** What a dataset yields. It knows no architecture. */
export type TextExample = TextPair | PlainText;

/** Ids of a source and its target, without any special token. */
export interface PairExample {
  readonly source: readonly number[];
  readonly target: readonly number[];
}

/** Ids of a text, without any special token. */
export interface TokensExample {
  readonly tokens: readonly number[];
}

/** What an objective converts into the features of an architecture. */
export type Example = PairExample | TokensExample;

export const isPair = (example: Example): example is PairExample => "source" in example;
export const isTextPair = (example: TextExample): example is TextPair => "source" in example;
