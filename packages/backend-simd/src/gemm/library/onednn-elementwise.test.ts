import { setupFolder } from "@trivium/setup";
import { describe, expect, test } from "vitest";
import { activationCodes, elementwiseCodes } from "../../wasm/codes.ts";
import { createWasmKernels } from "../../wasm/create-wasm-kernels.ts";
import type { GemmProvider } from "../gemm-provider.ts";
import { libraryGemm } from "./library-gemm.ts";
import { onednn, onednnFile, onednnLibrary, onednnVersion } from "./onednn.ts";

const COUNT = 10_003;
const [X, DY, RESULT, VALUE, SLOPE] = [1, 2, 3, 4, 5].map((place) => place * 65_536) as [
  number,
  number,
  number,
  number,
  number,
];

/** From −30 to 30, the denser the nearer to 0, and what lies far out. */
const inputs = Float32Array.from({ length: COUNT }, (_, index) => {
  const part = (2 * index) / (COUNT - 1) - 1;
  return 30 * part * Math.abs(part);
});
inputs.set([0, -0, 80, -80, 1e-30, -1e-30]);

/** Most distances of values and of derivatives, in 2⁻²³ of what is expected, or of 1 if that is less. */
const bounds: Readonly<Record<keyof typeof activationCodes, readonly [value: number, derivative: number]>> = {
  gelu: [9, 4],
  "gelu-tanh": [2, 10],
  relu: [0, 0],
  silu: [2, 10],
  tanh: [2, 2],
};

const folder = setupFolder("onednn", onednnVersion);
const three = libraryGemm({
  ...onednnLibrary,
  libraries: [folder === undefined ? onednnFile : `${folder}/${onednnFile}`],
});

describeElementwise("the system, else of the setup", onednn.create);
describeElementwise("version 3", three);

function describeElementwise(title: string, provider: GemmProvider): void {
  const probe = provider.probe();
  describe(`elementwise functions of oneDNN of ${title}`, () => {
    if (!probe.available) return void test.skip(`${probe.reason}. ${probe.remedy}`, () => {});
    const memory = new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true });
    const { kernels } = createWasmKernels(memory);
    const { base, elementwise } = provider.open(memory);
    const { value, gradient } = elementwise!;
    const floats = (place: number, count = COUNT) => new Float32Array(memory.buffer, place, count);
    floats(X).set(inputs);

    test.each(Object.entries(activationCodes))("%s and its derivative are near those of the kernel", (name, code) => {
      kernels.activation(code, X, VALUE, SLOPE, 0, COUNT);
      const [most, mostOfSlope] = bounds[name as keyof typeof activationCodes];
      value(code, COUNT, base + X, base + RESULT);
      expect(distance(floats(RESULT), floats(VALUE))).toBeLessThanOrEqual(most);
      floats(DY).fill(1);
      gradient(code, COUNT, base + X, base + DY, base + RESULT);
      expect(distance(floats(RESULT), floats(SLOPE))).toBeLessThanOrEqual(mostOfSlope);
    });

    test("NaN stays NaN, but for relu, which is 0, and eˣ, which is infinite", () => {
      const ofNaN = Object.entries(elementwiseCodes).map(([name, code]) => {
        floats(DY, 1).fill(Number.NaN);
        value(code, 1, base + DY, base + RESULT);
        return [name, floats(RESULT, 1)[0]];
      });
      const [none, exp] = [Number.NaN, Number.POSITIVE_INFINITY];
      expect(Object.fromEntries(ofNaN)).toEqual({
        gelu: none,
        "gelu-tanh": none,
        relu: 0,
        silu: none,
        tanh: none,
        exp,
      });
    });

    test("eˣ is within 3 units in the last place, 0 far below, and infinite far above", () => {
      const exp = (x: Float32Array) => {
        floats(DY, x.length).set(x);
        value(elementwiseCodes.exp, x.length, base + DY, base + DY);
        return floats(DY, x.length);
      };
      const far = exp(Float32Array.of(-120, -1e30, Number.NEGATIVE_INFINITY, 120));
      expect([...far]).toEqual([0, 0, 0, Number.POSITIVE_INFINITY]);
      exp(inputs).forEach((got, index) => {
        const want = Math.exp(inputs[index]!);
        if (!(Math.abs(got - want) <= 3 * 2 ** -23 * want)) expect(got).toBe(want);
      });
    });

    test("an element's bits do not depend on where a run is cut, nor on how many lengths there were", () => {
      const { gelu } = elementwiseCodes;
      value(gelu, COUNT, base + X, base + VALUE);
      const whole = floats(VALUE).slice();
      for (let count = 1, at = 0; at < COUNT; at += count++) {
        const part = Math.min(count, COUNT - at);
        value(gelu, part, base + X + 4 * at, base + RESULT + 4 * at);
        gradient(gelu, part, base + X + 4 * at, base + X + 4 * at, base + DY);
      }
      value(gelu, 7, base + X + 400, base + RESULT + 400);
      expect(floats(RESULT)).toEqual(whole);
    });
  });
}

/** The most that lies between two runs, in 2⁻²³ of an expected number, or of 1 if that is less. */
const distance = (got: Float32Array, expected: Float32Array): number =>
  got.reduce((most, one, index) => {
    const wanted = expected[index]!;
    return Math.max(most, Math.abs(one - wanted) / (2 ** -23 * Math.max(1, Math.abs(wanted))));
  }, 0);
