import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBf16 } from "../testing/gemm-cases.ts";
import { builds, createTestMemory, inPieces } from "../testing/test-memory.ts";

/** Every float32: by its bits, so that ties, subnormals, infinities and NaN come up; with ties more often. */
const bits = fc.oneof(
  fc.integer(),
  fc.integer({ min: 0, max: 0xffff }).map((upper) => (upper << 16) | 0x8000),
  fc.constantFrom(0x7f800001, 0x7fffffff, 0x7f7fffff, 0x7f800000, 0xff800000 | 0, 0, 0x80000000 | 0, 1, 0x8000, 0x8001),
);

describe.for(builds)("toBf16, %s build", (build) => {
  const memory = createTestMemory(build);

  test("rounds to the nearest, ties to even, however it is cut; NaN stays NaN", () => {
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 40 }), fc.array(fc.nat(40), { maxLength: 3 }), (words, cuts) => {
        const x = new Float32Array(Int32Array.from(words).buffer);
        const [from, to] = [memory.put(x), memory.put(new Uint8Array(2 * x.length))];
        inPieces(x.length, cuts, (start, end) => memory.kernels.toBf16(from, to, start, end));
        const halves = new Uint16Array(memory.readBytes(to, 2 * x.length).buffer);
        memory.reset();
        const widened = new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
        expect([...widened]).toEqual([...x].map(toBf16));
      }),
      { numRuns: 300 },
    );
  });
});
