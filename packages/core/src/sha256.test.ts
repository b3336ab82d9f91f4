import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSha256 } from "./sha256.ts";

const sha256 = (text: string) => createSha256().update(text).digest();

test("the examples of FIPS 180-4", () => {
  expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(sha256("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
});

test("any bytes, appended in any parts, have the digest of node:crypto", () => {
  const parts = fc.array(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: "binary" })), { maxLength: 6 });
  fc.assert(
    fc.property(parts, (parts) => {
      const [ours, theirs] = [createSha256(), createHash("sha256")];
      for (const part of parts) {
        ours.update(part);
        theirs.update(part);
      }
      expect(ours.digest()).toBe(theirs.digest("hex"));
      // It starts anew.
      expect(ours.digest()).toBe(sha256(""));
    }),
  );
});
