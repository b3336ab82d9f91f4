import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builds, createTestMemory, firstMismatch, inPieces } from "../testing/test-memory.ts";
import { activationCodes, unaryCodes } from "./codes.ts";

type UnaryName = keyof typeof unaryCodes;

const slope = Math.sqrt(2 / Math.PI);

/** erf in float64: its power series, and the continued fraction of the complement above 3. */
function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const t = Math.abs(x);
  if (t < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 80; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = t;
  for (let n = 60; n > 0; n--) fraction = t + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-t * t) / Math.sqrt(Math.PI) / fraction);
}

const roundHalfToEven = (x: number) => {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
};

const oracles: Record<UnaryName, (x: number) => number> = {
  Neg: (x) => -x,
  Abs: Math.abs,
  Exp: Math.exp,
  Log: Math.log,
  Sqrt: Math.sqrt,
  Rsqrt: (x) => 1 / Math.sqrt(x),
  Square: (x) => x * x,
  Reciprocal: (x) => 1 / x,
  Relu: (x) => Math.max(0, x),
  Relu6: (x) => Math.min(Math.max(0, x), 6),
  Tanh: Math.tanh,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Erf: erf,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Round: roundHalfToEven,
  Sign: (x) => Math.sign(x) || 0,
  Step: (x) => (Number.isNaN(x) ? x : x > 0 ? 1 : 0),
};

interface ActivationOracle {
  readonly value: (x: number) => number;
  /** What value and derivative may differ by beside 4e-7 relative: for x ≪ 0 both are differences of almost equal numbers. */
  readonly slack: readonly [value: number, slope: number];
}

const activations: Readonly<Record<keyof typeof activationCodes, ActivationOracle>> = {
  gelu: { value: (x) => (x * (1 + erf(x / Math.SQRT2))) / 2, slack: [1e-7, 3e-7] },
  "gelu-tanh": {
    value: (x) => (x * (1 + Math.tanh(slope * (x + 0.044715 * x ** 3)))) / 2,
    slack: [4e-7, 8e-7],
  },
  relu: { value: (x) => Math.max(0, x), slack: [0, 1e-9] },
  silu: { value: (x) => x / (1 + Math.exp(-x)), slack: [1e-43, 1e-6] },
  tanh: { value: Math.tanh, slack: [0, 3e-7] },
};

const names = Object.keys(unaryCodes) as UnaryName[];

const special = [
  0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, 1e-40, -1e-40, 1.4e-45, 1e-30, 3e38, -3e38, 88.7, 88.8, -87, -95, -103.9,
];
const unbounded = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

/** Everything from the smallest to the largest float32, and densely where the functions bend. */
function samples(): Float32Array {
  const values = [...special];
  for (let exponent = -126; exponent < 128; exponent += 0.37) values.push(2 ** exponent, -(2 ** exponent));
  for (let x = -12; x < 12; x += 0.00113) values.push(x);
  for (let x = 0.6; x < 1.6; x += 0.0003) values.push(x, -x);
  for (let x = -104; x < 90; x += 0.0371) values.push(x);
  return Float32Array.from(values);
}

for (const build of builds) {
  const memory = createTestMemory(build);
  const run = (name: UnaryName, x: Float32Array, cuts: readonly number[] = []): Float32Array => {
    const [px, py] = [memory.put(x), memory.floats(x.length)];
    inPieces(x.length, cuts, (start, end) => memory.kernels.unary(unaryCodes[name], px, py, start, end));
    const y = memory.readFloats(py, x.length);
    memory.reset();
    return y;
  };

  describe(`unary, ${build} build`, () => {
    it.each(names)("%s is within 2e-7 of float64 over the whole of float32", (name) => {
      const x = samples();
      const expected = Array.from(x, (value) => oracles[name](value));
      // An expected value beyond float32 rounds to infinity; below its normal range one unit is 1.4e-45.
      const rounded = expected.map((value) => (Number.isFinite(Math.fround(value)) ? value : Math.fround(value)));
      const tolerance = { relative: 2e-7, absolute: 1.5e-45 };
      expect(firstMismatch(run(name, x), rounded, tolerance)).toBeUndefined();
    });

    it.each(names)("%s of ±∞ and NaN is what JavaScript says", (name) => {
      const expected = unbounded.map((value) => oracles[name](value));
      expect(Array.from(run(name, Float32Array.from(unbounded)))).toEqual(expected);
    });

    it("gives the same bits however the elements are cut, and touches nothing else", () => {
      const values = fc.float32Array({ maxLength: 41 });
      fc.assert(
        fc.property(fc.constantFrom(...names), values, fc.array(fc.nat(60), { maxLength: 4 }), (name, x, cuts) => {
          expect(run(name, x, cuts)).toEqual(run(name, x));
        }),
      );
    });

    it("works in place", () => {
      const x = samples();
      const pointer = memory.put(x);
      memory.kernels.unary(unaryCodes.Tanh, pointer, pointer, 0, x.length);
      expect(memory.readFloats(pointer, x.length)).toEqual(
        (() => {
          memory.reset();
          return run("Tanh", x);
        })(),
      );
    });

    it("clips to bounds and lets NaN through", () => {
      fc.assert(
        fc.property(fc.float32Array({ maxLength: 19 }), (x) => {
          const [px, py] = [memory.put(x), memory.floats(x.length)];
          memory.kernels.clip(px, py, -0.5, 2, 0, x.length);
          expect(Array.from(memory.readFloats(py, x.length))).toEqual(
            Array.from(x, (value) => Math.min(Math.max(value, -0.5), 2)),
          );
          memory.reset();
        }),
      );
    });

    it.each(Object.entries(activations))(
      "the activation %s and its derivative are those of float64",
      (name, oracle) => {
        const code = activationCodes[name as keyof typeof activationCodes];
        const x = samples();
        const [px, py, pSlope] = [memory.put(x), memory.floats(x.length), memory.floats(x.length)];
        inPieces(x.length, [5, 1001], (start, end) => memory.kernels.activation(code, px, py, pSlope, start, end));
        const [y, slopes] = [memory.readFloats(py, x.length), memory.readFloats(pSlope, x.length)];
        const [value, derivative] = oracle.slack;
        expect(firstMismatch(y, Array.from(x, oracle.value), { relative: 4e-7, absolute: value })).toBeUndefined();
        const step = 1e-5;
        // Central differences, away from the corner of relu and from where they lose all digits.
        const smooth = x.map((at) => (Math.abs(at) > step && Math.abs(at) < 30 ? 1 : 0));
        const differences = Array.from(x, (at) => (oracle.value(at + step) - oracle.value(at - step)) / (2 * step));
        const [got, expected] = [slopes, differences].map((values) => Array.from(values).filter((_, i) => smooth[i]));
        expect(firstMismatch(got!, expected!, { relative: 0, absolute: derivative })).toBeUndefined();
        memory.kernels.activation(code, px, px, 0, 0, x.length);
        expect(memory.readFloats(px, x.length)).toEqual(y);
        memory.reset();
      },
    );
  });
}
