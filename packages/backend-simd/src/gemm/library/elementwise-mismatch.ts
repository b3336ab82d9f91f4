import { elementwiseCodes } from "../../wasm/codes.ts";
import type { Elementwise } from "../gemm-provider.ts";

/** Values and derivatives of the functions at −1. */
const atMinusOne: Readonly<Record<keyof typeof elementwiseCodes, readonly [value: number, derivative: number]>> = {
  gelu: [-0.1586553, -0.0833155],
  "gelu-tanh": [-0.158808, -0.0829641],
  relu: [0, 0],
  silu: [-0.2689414, 0.0723295],
  tanh: [-0.7615942, 0.4199743],
  exp: [0.3678794, 0.3678794],
};

const TOLERANCE = 1e-5;
const [COUNT, X, DY, RESULT] = [19, 0, 1024, 2048];

/** Applies each function to a run of −1: undefined if all come out right, else the reason. */
export function elementwiseMismatch(
  { value, gradient }: Elementwise,
  { buffer }: WebAssembly.Memory,
  base: number,
): string | undefined {
  const floats = (offset: number) => new Float32Array(buffer, offset, COUNT);
  floats(X).fill(-1);
  floats(DY).fill(2);
  for (const [name, code] of Object.entries(elementwiseCodes)) {
    const [expected, derivative] = atMinusOne[name as keyof typeof atMinusOne];
    value(code, COUNT, base + X, base + RESULT);
    const wrong = floats(RESULT).find((got) => !(Math.abs(got - expected) <= TOLERANCE));
    if (wrong !== undefined) return `${name} of -1 came out as ${wrong}`;
    gradient(code, COUNT, base + X, base + DY, base + RESULT);
    const wrongSlope = floats(RESULT).find((got) => !(Math.abs(got - 2 * derivative) <= TOLERANCE));
    if (wrongSlope !== undefined) return `twice the derivative of ${name} at -1 came out as ${wrongSlope}`;
  }
  return undefined;
}
