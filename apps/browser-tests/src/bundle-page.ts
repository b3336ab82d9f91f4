import { build } from "esbuild";

/** One ES module for a page, from our sources: the source condition stands before the built packages. */
export async function bundlePage(entry: string): Promise<string> {
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
