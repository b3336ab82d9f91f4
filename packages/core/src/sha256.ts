import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** A SHA-256 digest in the making. */
export interface Sha256 {
  /** Appends bytes, or a text in UTF-8. Returns the digest itself. */
  update(data: string | Uint8Array): Sha256;
  /** Returns the digest of everything appended, as 64 hexadecimal digits, and starts anew. */
  digest(): string;
}

/**
 * Starts a SHA-256 digest that needs no `node:crypto`, for code that runs in a page too.
 *
 * @source FIPS 180-4, §6.2, https://doi.org/10.6028/NIST.FIPS.180-4
 * @example createSha256().update("a").update("bc").digest().slice(0, 8) // => "ba7816bf"
 */
export function createSha256(): Sha256 {
  let hash = sha256.create();
  const digest: Sha256 = {
    update(data) {
      hash.update(typeof data === "string" ? utf8ToBytes(data) : data);
      return digest;
    },
    digest() {
      const bytes = hash.digest();
      hash = sha256.create();
      return bytesToHex(bytes);
    },
  };
  return digest;
}
