/** Where a command writes: its result on stdout (text, or one JSON document), everything else on stderr. */
export interface Output {
  readonly json: boolean;
  /** The result: the document if `--json` was given, else the text. */
  result(document: unknown, text: () => string): void;
  /** A line for people, on stderr. */
  note(line: string): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    result: (document, text) => void process.stdout.write(`${json ? JSON.stringify(document, null, 2) : text()}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
  };
}

/** Columns of text, the first row as heading; numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? "")].length)));
  const isNumeric = (column: number) => rows.slice(1).every((row) => /^[\d.,%–-]*( .?)?$/.test(row[column] ?? ""));
  const cell = (text: string, column: number) => {
    const blanks = " ".repeat((widths[column] as number) - [...text].length);
    return isNumeric(column) ? blanks + text : text + blanks;
  };
  return rows.map((row) => row.map(cell).join("  ").trimEnd()).join("\n");
}
