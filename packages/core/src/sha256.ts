/** A SHA-256 digest in the making. */
export interface Sha256 {
  /** Appends bytes, or a text in UTF-8. Returns the digest itself. */
  update(data: string | Uint8Array): Sha256;
  /** Returns the digest of everything appended, as 64 hexadecimal digits, and starts anew. */
  digest(): string;
}

const BLOCK_BYTES = 64;
/** Place of the message's length in the last block. */
const LENGTH_PLACE = 56;
const ROUNDS = 64;
const utf8 = new TextEncoder();

/** The first 32 bits of the fractional part of a root. */
const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let number = 2; primes.length < count; number++)
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  return primes;
}

const primes = firstPrimes(ROUNDS);
const initialState = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
/** Message schedule of the block that is being mixed in. */
const schedule = new Int32Array(ROUNDS);
/** The eight words that a block's rounds work on. */
const working = new Int32Array(8);

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const hexadecimal = (word: number): string =>
  `${digits[word >>> 24]}${digits[(word >>> 16) & 255]}${digits[(word >>> 8) & 255]}${digits[word & 255]}`;

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/**
 * Starts a SHA-256 digest that needs no `node:crypto`, for code that runs in a page too.
 *
 * @source FIPS 180-4, §6.2, https://doi.org/10.6028/NIST.FIPS.180-4
 * @example createSha256().update("a").update("bc").digest().slice(0, 8) // => "ba7816bf"
 */
export function createSha256(): Sha256 {
  const state = initialState.slice();
  const block = new Uint8Array(BLOCK_BYTES);
  const words = new DataView(block.buffer);
  let [filled, bytes] = [0, 0];
  const append = (data: Uint8Array): void => {
    bytes += data.length;
    for (let start = 0; start < data.length; ) {
      const part = data.subarray(start, start + BLOCK_BYTES - filled);
      block.set(part, filled);
      start += part.length;
      filled += part.length;
      if (filled < BLOCK_BYTES) return;
      mixIn(state, words);
      filled = 0;
    }
  };
  const digest: Sha256 = {
    update(data) {
      append(typeof data === "string" ? utf8.encode(data) : data);
      return digest;
    },
    digest() {
      block[filled] = 0x80;
      block.fill(0, filled + 1);
      if (filled >= LENGTH_PLACE) {
        mixIn(state, words);
        block.fill(0);
      }
      // The number of bits, in 64 of them.
      words.setUint32(LENGTH_PLACE, Math.floor(bytes / 2 ** 29));
      words.setUint32(LENGTH_PLACE + 4, bytes << 3);
      mixIn(state, words);
      const text = textOf(state);
      state.set(initialState);
      filled = 0;
      bytes = 0;
      return text;
    },
  };
  return digest;
}

function textOf(state: Int32Array): string {
  let text = "";
  for (const word of state) text += hexadecimal(word);
  return text;
}

/** Mixes one block into the state. */
function mixIn(state: Int32Array, block: DataView): void {
  for (let at = 0; at < 16; at++) schedule[at] = block.getInt32(4 * at);
  for (let at = 16; at < ROUNDS; at++) {
    const early = schedule[at - 15]!;
    const late = schedule[at - 2]!;
    const first = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
    const second = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
    schedule[at] = schedule[at - 16]! + first + schedule[at - 7]! + second;
  }
  working.set(state);
  // The eight words move up one place a round: instead of them, the place of the first one moves down.
  for (let at = 0; at < ROUNDS; at++) mixRound(at);
  for (let at = 0; at < 8; at++) state[at] = state[at]! + working[at]!;
}

function mixRound(at: number): void {
  const place = (word: number) => (word - at) & 7;
  const a = working[place(0)]!;
  const b = working[place(1)]!;
  const c = working[place(2)]!;
  const e = working[place(4)]!;
  const f = working[place(5)]!;
  const g = working[place(6)]!;
  const choice = (e & f) ^ (~e & g);
  const majority = (a & b) ^ (a & c) ^ (b & c);
  const turned = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
  const first = (working[place(7)]! + turned + choice + constants[at]! + schedule[at]!) | 0;
  const second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + majority;
  working[place(3)] = working[place(3)]! + first;
  working[place(7)] = first + second;
}
