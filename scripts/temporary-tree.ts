import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Writes files (text, or JSON of a value) below a new temporary folder, which is removed on dispose. */
export function temporaryTree(files: Readonly<Record<string, unknown>>): Disposable & { readonly root: string } {
  const root = mkdtempSync(join(tmpdir(), "trivium-tree-"));
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}
