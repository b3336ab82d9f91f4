/** Absolute difference allowed between two ways of computing the same numbers in float32. */
const tolerance = 2e-4;

/** @throws {Error} naming `what` if the lists differ in length, or somewhere by more than `allowed`. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  allowed = tolerance,
): void {
  let worst = 0;
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs((expected[index] as number) - (actual[index] ?? Number.NaN));
    if (!(difference <= worst)) worst = difference;
  }
  if (actual.length === expected.length && worst <= allowed) return;
  throw new Error(
    `${what}: ${actual.length} numbers for ${expected.length}, at most ${worst} apart; ${allowed} is allowed`,
  );
}
