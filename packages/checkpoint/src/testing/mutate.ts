import type { Random } from "@trivium/core";

const tokens = ["{", "}", "[", "]", ",", '"', "-1", "0", "1e300", "null", "true", '"F32"', "[0,0]", "../", "\u0000"];

/** Returns bytes with one to three changes: a bit, a run of bytes, a cut, more bytes, or a token of JSON in between. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let changed = Uint8Array.from(bytes);
  for (let left = 1 + random.integer(3); left > 0; left--)
    changed = changes[random.integer(changes.length)]!(changed, random);
  return changed;
}

type Change = (bytes: Uint8Array<ArrayBuffer>, random: Random) => Uint8Array<ArrayBuffer>;

const placeIn = (bytes: Uint8Array, random: Random): number => random.integer(bytes.length + 1);
const splice = (bytes: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([...bytes.subarray(0, at), ...added, ...bytes.subarray(at + removed)]);

const changes: readonly Change[] = [
  (bytes, random) => {
    const at = random.integer(Math.max(1, bytes.length));
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8));
    return bytes;
  },
  (bytes, random) => bytes.slice(0, placeIn(bytes, random)),
  (bytes, random) => splice(bytes, bytes.length, 0, new Uint8Array(1 + random.integer(20))),
  (bytes, random) =>
    splice(
      bytes,
      placeIn(bytes, random),
      random.integer(8),
      new Uint8Array(random.integer(8)).fill(random.integer(256)),
    ),
  (bytes, random) => {
    const token = tokens[random.integer(tokens.length)] as string;
    return splice(bytes, placeIn(bytes, random), random.integer(3), new TextEncoder().encode(token));
  },
];
