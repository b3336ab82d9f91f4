/** A source and its target as text. `references` are all targets that count as right; the first is the target. */
export interface TextPair {
  readonly source: string;
  readonly target: string;
  readonly references?: readonly string[] | undefined;
  /** The name of the task that the example is of, in a mixture of tasks. Default: none. */
  readonly task?: string | undefined;
}

/** Text without a source: language modelling. */
export interface PlainText {
  readonly text: string;
  /** Whether the text goes on in another example, so that its end is not predicted. Default false: it is a whole document. */
  readonly continues?: boolean | undefined;
  /** The name of the task that the text is of, in a mixture of tasks. Default: none. */
  readonly task?: string | undefined;
}

/** An example of a dataset, independent of any architecture. */
export type TextExample = TextPair | PlainText;

/** The ids of a source and its target, without special tokens. */
export interface PairExample {
  readonly source: readonly number[];
  readonly target: readonly number[];
  /** The name of the task that the example is of. Default: none. */
  readonly task?: string | undefined;
}

/** The ids of a text, without special tokens. */
export interface TokensExample {
  readonly tokens: readonly number[];
  /** Whether the text ends here, so that its end is predicted. Default false: it goes on in another example. */
  readonly ends?: boolean | undefined;
  /** The indices of the tokens at which sentences begin. Default: not known. */
  readonly sentences?: readonly number[] | undefined;
  /** The name of the task that the text is of. Default: none. */
  readonly task?: string | undefined;
}

/** An example in ids. An objective converts it into the features of an architecture. */
export type Example = PairExample | TokensExample;

/** Tells a pair from a text. */
export const isPair = (example: Example): example is PairExample => "source" in example;
/** Tells a pair from a text. */
export const isTextPair = (example: TextExample): example is TextPair => "source" in example;
