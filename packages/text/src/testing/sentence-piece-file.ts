interface FileOptions {
  readonly pieces: readonly { readonly text: string; readonly score: number; readonly kind: number }[];
  /** 1: Unigram; 2: BPE. */
  readonly kind: number;
  /** Whether several spaces are one, and none stands at an end. Default true. */
  readonly singleSpaces?: boolean | undefined;
}

/** The bytes of a SentencePiece model. */
export function sentencePieceFile({ pieces, kind, singleSpaces = true }: FileOptions): Uint8Array {
  const all = pieces.flatMap(({ text, score, kind: own }) => {
    const piece = [...field(1, [...new TextEncoder().encode(text)]), 21, ...floatBytes(score), 24, own];
    return field(1, piece);
  });
  return Uint8Array.from([...all, ...field(2, [24, kind]), ...field(3, [24, 1, 32, Number(singleSpaces)])]);
}

/** A field that holds bytes; its length is below 128. */
const field = (number: number, bytes: readonly number[]): number[] => [number * 8 + 2, bytes.length, ...bytes];

const floatBytes = (value: number): Uint8Array => new Uint8Array(Float32Array.of(value).buffer);
