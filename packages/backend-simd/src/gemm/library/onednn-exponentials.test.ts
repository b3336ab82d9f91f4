import { setupFolder } from "@trivium/setup";
import { describe, expect, test } from "vitest";
import type { GemmProvider } from "../gemm-provider.ts";
import { libraryGemm } from "./library-gemm.ts";
import { onednn, onednnFile, onednnLibrary, onednnVersion } from "./onednn.ts";

const COUNT = 10_003;
const [X, RESULT] = [65_536, 131_072];

/** From −30 to 30, the denser the nearer to 0, and what lies far out. */
const inputs = Float32Array.from({ length: COUNT }, (_, index) => {
  const part = (2 * index) / (COUNT - 1) - 1;
  return 30 * part * Math.abs(part);
});
inputs.set([0, -0, 80, -80, 1e-30, -1e-30]);

const folder = setupFolder("onednn", onednnVersion);
const three = libraryGemm({
  ...onednnLibrary,
  libraries: [folder === undefined ? onednnFile : `${folder}/${onednnFile}`],
});

describeExponentials("the system, else of the setup", onednn.create);
describeExponentials("version 3", three);

function describeExponentials(title: string, provider: GemmProvider): void {
  const probe = provider.probe();
  describe(`exponentials by oneDNN of ${title}`, () => {
    if (!probe.available) return void test.skip(`${probe.reason}. ${probe.remedy}`, () => {});
    const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
    const { base, exponentials } = provider.open(memory);
    const floats = (place: number, count = COUNT) => new Float32Array(memory.buffer, place, count);
    const exp = (x: Float32Array) => {
      floats(RESULT, x.length).set(x);
      exponentials!(x.length, base + RESULT, base + RESULT);
      return floats(RESULT, x.length);
    };

    test("are within 3 units in the last place", () => {
      exp(inputs).forEach((got, index) => {
        const want = Math.exp(inputs[index]!);
        if (!(Math.abs(got - want) <= 3 * 2 ** -23 * want)) expect(got).toBe(want);
      });
    });

    test("are 0 far below, infinite far above, and not finite of NaN", () => {
      const far = exp(Float32Array.of(-120, -1e30, Number.NEGATIVE_INFINITY, 120));
      expect([...far]).toEqual([0, 0, 0, Number.POSITIVE_INFINITY]);
      expect(Number.isFinite(exp(Float32Array.of(Number.NaN))[0])).toBe(false);
    });

    test("do not depend on where a run is cut, nor on how many lengths there were", () => {
      const whole = exp(inputs).slice();
      floats(X).set(inputs);
      for (let count = 1, at = 0; at < COUNT; at += count++) {
        const part = Math.min(count, COUNT - at);
        for (const one of [count, part]) exponentials!(one, base + X, base + RESULT);
        exponentials!(part, base + X + 4 * at, base + RESULT + 4 * at);
        expect(floats(RESULT + 4 * at, part)).toEqual(whole.subarray(at, at + part));
      }
      exponentials!(7, base + X + 400, base + RESULT + 400);
      expect(floats(RESULT + 400, 7)).toEqual(whole.subarray(100, 107));
    });
  });
}
