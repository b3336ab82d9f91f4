/** Lines of a text that are looked at. */
const SAMPLE = 100;

interface TableDoubt {
  look(line: string): void;
  /** The doubts about the file, in words. */
  found(path: string): string[];
}

/** Looks at the first lines of a text, whether it is a table or JSON lines under the wrong ending. */
export function createTableDoubt(): TableDoubt {
  const tabs = new Set<number>();
  let lines = 0;
  let objects = 0;
  return {
    look(line) {
      if (lines >= SAMPLE || line.trim() === "") return;
      lines += 1;
      tabs.add(line.split("\t").length - 1);
      if (/^\s*\{.*\}\s*$/s.test(line)) objects += 1;
    },
    found(path) {
      if (lines === 0) return [];
      if (objects === lines)
        return [`${path} looks like JSON lines and is read as text; name it .jsonl to read its fields`];
      const [count = 0, ...others] = tabs;
      if (count === 0 || others.length > 0) return [];
      return [`${path} looks like a table of ${count + 1} columns and is read as text; name it .tsv to read pairs`];
    },
  };
}
