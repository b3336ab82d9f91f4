/**
 * The places in `reference` of one of the longest subsequences that it shares with `prediction`. Which one, where there
 * are several, is the choice of rouge-score's `_backtrack_norec`.
 *
 * @returns ascending; as many as the subsequence is long.
 * @example longestCommonSubsequence(["a", "b", "c"], ["a", "x", "c"]) // => [0, 2]
 */
export function longestCommonSubsequence<Symbol>(
  reference: readonly Symbol[],
  prediction: readonly Symbol[],
): number[] {
  const lengths = lengthTable(reference, prediction);
  const places: number[] = [];
  let [i, j] = [reference.length, prediction.length];
  while (i > 0 && j > 0) {
    if (reference[i - 1] === prediction[j - 1]) {
      places.push(i - 1);
      i--;
      j--;
    } else if (lengths[i]![j - 1]! > lengths[i - 1]![j]!) j--;
    else i--;
  }
  return places.reverse();
}

/** `[i][j]`: the length of the longest subsequence common to the first i and the first j symbols. */
function lengthTable(reference: readonly unknown[], prediction: readonly unknown[]): Uint32Array[] {
  const table = [new Uint32Array(prediction.length + 1)];
  for (let i = 1; i <= reference.length; i++) {
    const [above, row] = [table[i - 1]!, new Uint32Array(prediction.length + 1)];
    for (let j = 1; j <= prediction.length; j++)
      row[j] = reference[i - 1] === prediction[j - 1] ? above[j - 1]! + 1 : Math.max(above[j]!, row[j - 1]!);
    table.push(row);
  }
  return table;
}
