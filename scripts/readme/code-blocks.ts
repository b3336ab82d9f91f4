/** A fenced block of a Markdown file. */
export interface CodeBlock {
  /** `ts` in ` ```ts no-run (needs a browser)`. */
  readonly language: string;
  /** What follows the language: `no-run (needs a browser)`. */
  readonly tag: string;
  readonly code: string;
  /** The line of the first line of code, from 1. */
  readonly line: number;
}

/** The fenced blocks of a Markdown text, in order; those inside of list items lose their indentation. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const lines = markdown.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const [, indent = "", fence, language = "", tag = ""] = /^( *)(```+)(\w*) *(.*)$/.exec(lines[index] ?? "") ?? [];
    if (fence === undefined) continue;
    const end = lines.findIndex((line, at) => at > index && line.trim() === fence);
    if (end === -1) throw new Error(`line ${index + 1}: the code block that begins here has no end`);
    const code = lines.slice(index + 1, end).map((line) => line.slice(Math.min(indent.length, line.search(/\S|$/))));
    blocks.push({ language, tag: tag.trim(), code: code.join("\n"), line: index + 2 });
    index = end;
  }
  return blocks;
}

/** Why a block is not to be run: `ts no-run (reason)`; `undefined` if it is. */
export function noRunReason({ tag, line }: CodeBlock): string | undefined {
  if (tag === "") return undefined;
  const [, reason] = /^no-run \((.+)\)$/.exec(tag) ?? [];
  if (reason === undefined) {
    throw new Error(`line ${line - 1}: expected "ts" or "ts no-run (reason)", got the tag "${tag}"`);
  }
  return reason;
}

/** The packages that a document tells its reader to install: `npm install a b@1`, in a block or in the text. */
export function installedPackages(markdown: string): string[] {
  return [...markdown.matchAll(/\bnpm install ([^`#\n]+)/g)]
    .flatMap(([, names = ""]) => names.trim().split(/\s+/))
    .map((name) => name.replace(/(?<=.)@.*$/, ""))
    .filter((name) => /^[@a-z]/.test(name));
}
