/** Text that stands in Markdown as it is: what looks like a tag, or like the end of a cell, is none. */
export const escapeMarkdown = (text: string): string => text.replace(/[<|]/g, (character) => `\\${character}`);

/** A table of Markdown. */
export function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A value to be read and copied. */
export const jsonBlock = (value: unknown): string => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
