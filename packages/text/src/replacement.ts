/** The Unicode replacement character: the text of an id that stands for no known text. */
export const REPLACEMENT = "\uFFFD";
