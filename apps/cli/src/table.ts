/** Columns of text, the first row as heading; numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => lengthOf(row[column]))));
  const isNumeric = (rows[0] ?? []).map((_, column) =>
    rows.slice(1).every((row) => /^[\d.,–-]*$/.test(row[column] ?? "")),
  );
  const cell = (text: string, column: number) => {
    const blanks = " ".repeat((widths[column] as number) - lengthOf(text));
    return isNumeric[column] ? blanks + text : text + blanks;
  };
  return rows.map((row) => row.map(cell).join("  ").trimEnd()).join("\n");
}

const lengthOf = (text = ""): number => [...text].length;
