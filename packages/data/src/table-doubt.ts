/** Lines of a text that are looked at. */
const SAMPLE = 100;

/** What may separate columns. Prose has a blank after its commas and semicolons. */
const separators = [/\t/g, /\|/g, /;(?=\S)/g, /,(?=\S)/g] as const;

/** Lines that show a table without tabs: fewer are alike by chance. */
const ENOUGH = 3;

interface TableDoubt {
  look(line: string): void;
  /** The doubts about the file, in words. */
  found(path: string): string[];
}

/** Looks at the first lines of a text, whether it is a table or JSON lines under the wrong ending. */
export function createTableDoubt(): TableDoubt {
  const counts = separators.map(() => new Set<number>());
  let lines = 0;
  let objects = 0;
  return {
    look(line) {
      if (lines >= SAMPLE || line.trim() === "") return;
      lines += 1;
      for (const [at, separator] of separators.entries()) counts[at]?.add(line.match(separator)?.length ?? 0);
      if (/^\s*\{.*\}\s*$/s.test(line)) objects += 1;
    },
    found(path) {
      if (lines === 0) return [];
      if (objects === lines)
        return [`${path} looks like JSON lines and is read as text; name it .jsonl to read its fields`];
      const at = counts.findIndex((seen, kind) => seen.size === 1 && !seen.has(0) && (kind === 0 || lines >= ENOUGH));
      const [count] = counts[at] ?? [];
      if (count === undefined) return [];
      const remedy = at === 0 ? "name it .tsv" : "separate them by tabs and name it .tsv";
      return [`${path} looks like a table of ${count + 1} columns and is read as text; ${remedy} to read pairs`];
    },
  };
}
