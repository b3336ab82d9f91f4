import { assertThat } from "@trivium/tensor/testing/cases";

/** Throws unless a number lies below a limit; NaN does not. */
export const assertBelow = (what: string, value: number, limit: number): void =>
  assertThat(value < limit, `${what}: expected less than ${limit}, got ${value}`);

/** Throws unless two lists hold the same numbers, bit for bit. */
export const assertSame = (what: string, got: ArrayLike<number>, expected: ArrayLike<number>): void =>
  assertThat(
    got.length === expected.length && Array.from(got).every((value, at) => Object.is(value, expected[at])),
    `${what}: expected [${Array.from(expected)}], got [${Array.from(got)}]`,
  );
