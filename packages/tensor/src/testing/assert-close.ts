import { NumericsError } from "@trivium/core";
import type { Grid } from "./grid.ts";

/** What a backend computed, read back. */
export interface Computed {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/**
 * Throws unless shapes are equal and `|got − expected| ≤ tolerance · max(1, |expected|)` everywhere; NaN is far.
 *
 * @throws {NumericsError} `testing/far`, with the worst element.
 */
export function assertClose(what: string, got: Computed, expected: Grid, tolerance: number): void {
  if (got.shape.join() !== expected.shape.join()) {
    throw new NumericsError("testing/far", `${what}: expected shape [${expected.shape}], got [${got.shape}]`);
  }
  let worst = -1;
  let worstExcess = 0;
  expected.values.forEach((value, index) => {
    const distance = Math.abs(got.values[index]! - value) / Math.max(1, Math.abs(value));
    const excess = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance - tolerance;
    if (excess > worstExcess) [worst, worstExcess] = [index, excess];
  });
  if (worst < 0) return;
  throw new NumericsError(
    "testing/far",
    `${what}: element ${worst} of [${expected.shape}] is ${got.values[worst]}, expected ${expected.values[worst]} within ${tolerance}`,
  );
}

/** Throws unless `condition` holds. */
export function assertThat(condition: boolean, message: string): void {
  if (!condition) throw new NumericsError("testing/assertion", message);
}
