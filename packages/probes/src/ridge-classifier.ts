/** A function from a row of features to its class. */
export type Classifier = (row: ArrayLike<number>) => number;

export interface RidgeOptions {
  /** Rows of one width. */
  readonly rows: readonly ArrayLike<number>[];
  /** The class of each row, in [0, classes). */
  readonly labels: readonly number[];
  readonly classes: number;
  /** λ: weight decay on features of unit variance. */
  readonly ridge: number;
}

/**
 * Ridge regression onto one indicator a class, in closed form and float64: `W = (XᵀX/n + λI)⁻¹ XᵀY/n` on standardised
 * features and centred indicators; the largest value wins.
 *
 * @source Hoerl and Kennard 1970, https://doi.org/10.1080/00401706.1970.10488634
 */
export function fitRidge({ rows, labels, classes, ridge }: RidgeOptions): Classifier {
  const width = rows[0]?.length ?? 0;
  const scales = Array.from({ length: width }, (_, feature) => standardise(rows.map((row) => row[feature] as number)));
  const normalise = (row: ArrayLike<number>) =>
    scales.map(({ mean, deviation }, feature) => ((row[feature] as number) - mean) / deviation);
  const frequencies = Array.from({ length: classes }, (_, own) =>
    average(labels.map((label) => Number(label === own))),
  );
  const gram = scales.map((_, feature) => scales.map((_, other) => (feature === other ? ridge : 0)));
  const moments = scales.map(() => new Array<number>(classes).fill(0));
  rows.forEach((row, index) => {
    const features = normalise(row);
    for (const [feature, value] of features.entries()) {
      for (let other = 0; other <= feature; other++) gram[feature]![other]! += (value * features[other]!) / rows.length;
      for (let own = 0; own < classes; own++) {
        moments[feature]![own]! += (value * (Number(labels[index] === own) - frequencies[own]!)) / rows.length;
      }
    }
  });
  const weights = solveSymmetric(gram, moments);
  return (row) => {
    const features = normalise(row);
    const scores = frequencies.map((frequency, own) =>
      features.reduce((sum, value, feature) => sum + value * weights[feature]![own]!, frequency),
    );
    return scores.indexOf(Math.max(...scores));
  };
}

/**
 * Solves `A X = B` for a positive definite `A`, of which the lower triangle is read, by its Cholesky factor `A = L Lᵀ`.
 *
 * @param a - `[n][n]`.
 * @param b - `[n][m]`.
 * @returns `[n][m]`.
 */
export function solveSymmetric(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number[][] {
  const factor: number[][] = [];
  for (const [row, values] of a.entries()) {
    const own: number[] = [];
    for (let column = 0; column <= row; column++) {
      const above = column === row ? own : factor[column]!;
      let rest = values[column]!;
      for (let k = 0; k < column; k++) rest -= own[k]! * above[k]!;
      own.push(column === row ? Math.sqrt(rest) : rest / above[column]!);
    }
    factor.push(own);
  }
  const solution = b.map((row) => [...row]);
  const eliminate = (row: number, other: number, weight: number) => {
    for (let at = 0; at < solution[row]!.length; at++) solution[row]![at]! -= weight * solution[other]![at]!;
  };
  const divide = (row: number) => {
    for (let at = 0; at < solution[row]!.length; at++) solution[row]![at]! /= factor[row]![row]!;
  };
  for (let row = 0; row < b.length; row++) {
    for (let other = 0; other < row; other++) eliminate(row, other, factor[row]![other]!);
    divide(row);
  }
  for (let row = b.length - 1; row >= 0; row--) {
    for (let other = row + 1; other < b.length; other++) eliminate(row, other, factor[other]![row]!);
    divide(row);
  }
  return solution;
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A feature that never changes is left as it is. */
function standardise(values: readonly number[]): { mean: number; deviation: number } {
  const mean = average(values);
  return { mean, deviation: Math.sqrt(average(values.map((value) => (value - mean) ** 2))) || 1 };
}
