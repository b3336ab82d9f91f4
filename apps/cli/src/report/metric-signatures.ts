/** The methods of losses and rates. */
export const scoreSignatures = (decoding: string): readonly string[] => [
  "nats|targets only|no smoothing|teacher forcing",
  `per,wer|edits to the nearest reference, the shortest first|${decoding}`,
];

/** The method of intervals. */
export const intervalSignature =
  "interval|95 %|percentile bootstrap, paired, seeds × examples, seeds stretched by √(S/(S−1))·t/z, not clipped to what is possible";
