/** One line that goes into an existing file. */
export interface Edit {
  /** From the root. */
  readonly file: string;
  /** Returns the edited text, or `undefined` if the place for the line was not found. */
  readonly apply: (text: string) => string | undefined;
  /** What is looked for, for the message when it is not found. */
  readonly place: string;
}

/** Everything that `pnpm new` does for one thing: it is checked as a whole before anything is written. */
export interface Blueprint {
  /** Texts of new files, by path from the root. */
  readonly files: Readonly<Record<string, string>>;
  readonly edits: readonly Edit[];
  /** What remains to be done, in words. */
  readonly next: readonly string[];
}

/** The name in the forms that source code needs. */
export interface Names {
  /** `sliding-window`. */
  readonly kebab: string;
  /** `slidingWindow`. */
  readonly camel: string;
  /** `SlidingWindow`. */
  readonly pascal: string;
}

export function namesOf(kebab: string): Names {
  const pascal = kebab.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return { kebab, pascal, camel: pascal.slice(0, 1).toLowerCase() + pascal.slice(1) };
}

/** `.changeset/new-mask-dilated.md`: a minor release of the packages that changed. */
export function changeset(kind: string, { kebab }: Names, packages: readonly string[]): Record<string, string> {
  const lines = packages.map((name) => `"${name}": minor`);
  const text = ["---", ...lines, "---", "", `New ${kind}: \`${kebab}\`.`, ""].join("\n");
  return { [`.changeset/new-${kind}-${kebab}.md`]: text };
}
