import { build } from "esbuild";

const bundles = new Map<string, Promise<string>>();

/** One ES module for a page, from our sources: the source condition stands before the built packages. Made once a process. */
export function bundlePage(entry: string): Promise<string> {
  const made = bundles.get(entry) ?? bundle(entry);
  bundles.set(entry, made);
  return made;
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    conditions: ["@trivium/source", "browser"],
    mainFields: ["browser", "module", "main"],
    write: false,
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}
